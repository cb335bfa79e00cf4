import type { FrozenCampaign, Submission } from '../../campaign/model/frozen-campaign.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import { runKeyOf } from '../../ids.ts';
import { resultObjects, runObjects } from '../../object-keys.ts';
import type { Buckets } from '../../settings.ts';
import { scoreAgainst, type Truth } from '../../scoring/score-predictions.ts';
import { openChunks } from '../../sealing/age.ts';
import { misplacedRecord, scoredRun } from '../chain-rules.ts';
import { collectedFrom, misplacedScore } from '../checked-score.ts';
import type { LedgerRecord } from '../record.ts';
import type { ScoreFile } from '../score-file.ts';
import { firstDifference, type CheckedObjects, type Content } from './checked-objects.ts';
import type { ScoringTurns } from './scoring-turns.ts';
import type { FirstStart } from './fairness/out-of-turn.ts';
import { verifyRun } from './verify-run.ts';

/** What every submission is compared with. */
export interface VerifiedFacts {
  buckets: Buckets;
  frozen: FrozenCampaign;
  /** sha256 (hex) of campaign.json. */
  digest: string;
  /** Undefined if the labels cannot be read: then no score is computed again. */
  truth: Truth | undefined;
  /** Opens sealed predictions; undefined if they are plain or not scored. */
  identity: string | undefined;
  turns: ScoringTurns;
  /** Read predictions and logs; else only look whether they are there. */
  outputs: boolean;
  /** The keys of all objects in the runs bucket. */
  present: ReadonlySet<string>;
}

/** A submission as its objects show it. */
export interface VerifiedSubmission {
  records: LedgerRecord[];
  /** sha256 (hex) of each record. */
  digests: string[];
  /** Of the effective record and every other, by the key of the score file. */
  scores: Map<string, ScoreFile>;
  /** Of its first container; undefined if none started. */
  firstStart: FirstStart | undefined;
}

/** Checks the chain of a submission with `count` records and everything that it names. */
export async function verifySubmission(
  objects: CheckedObjects,
  facts: VerifiedFacts,
  { submission, team }: Submission,
  count: number,
): Promise<VerifiedSubmission> {
  const { records, digests } = await verifyChain(objects, facts, submission, { team, count });
  const outcomes = new Map<number, RunOutcome | undefined>();
  for (const record of records) {
    for (const run of record.runs) {
      const { buckets, frozen, present, outputs } = facts;
      outcomes.set(run.n, await verifyRun(objects, { ...buckets, frozen, record, run, present, outputs }));
    }
  }
  const scores = new Map<string, ScoreFile>();
  const scored = new Map<number, LedgerRecord[]>();
  for (const record of records) {
    if (record.score === null) continue;
    const n = scoredRun(records, record);
    if (n === undefined) misplacedKey(objects, facts, record);
    else scored.set(n, [...(scored.get(n) ?? []), record]);
  }
  for (const [n, outcome] of outcomes) {
    const of = { n, outcome, records, scoredBy: scored.get(n) ?? [] };
    for (const [key, file] of await verifyPredictions(objects, facts, submission, of)) scores.set(key, file);
  }
  return { records, digests, scores, firstStart: firstStart(team, records, outcomes) };
}

function firstStart(
  team: string,
  records: readonly LedgerRecord[],
  outcomes: ReadonlyMap<number, RunOutcome | undefined>,
): FirstStart | undefined {
  const starts = records.flatMap(({ runs }) =>
    runs.flatMap(({ n, class: onClass }) => {
      const at = outcomes.get(n)?.startedAt;
      return at == null ? [] : [{ team, class: onClass, at: Date.parse(at) }];
    }),
  );
  return starts.sort((a, b) => a.at - b.at)[0];
}

async function verifyChain(
  objects: CheckedObjects,
  { buckets: { results }, frozen: { campaign }, digest: frozen }: VerifiedFacts,
  submission: string,
  { team, count }: { team: string; count: number },
): Promise<{ records: LedgerRecord[]; digests: string[] }> {
  const records: LedgerRecord[] = [];
  const digests: string[] = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const key = resultObjects.ledger(campaign, submission, sequence);
    const found = await objects.readJson<LedgerRecord>(results, key);
    if (found === undefined) break;
    const place = { campaign, submission, sequence, predecessor: digests.at(-1) ?? null, frozen };
    const fault = misplacedRecord(found.value, place);
    if (fault !== undefined) objects.findings.fault(results, key, fault);
    if (found.value.team !== team) objects.findings.fault(results, key, '`team` is not the one of the submission');
    records.push(found.value);
    digests.push(found.digest);
  }
  return { records, digests };
}

const misplacedKey = (objects: CheckedObjects, { buckets }: VerifiedFacts, record: LedgerRecord): void =>
  objects.findings.fault(
    buckets.results,
    resultObjects.ledger(record.campaign, record.submission, record.sequence),
    '`score.key` is not that of a successful evaluation of the submission',
  );

interface RunWithPredictions {
  n: number;
  outcome: RunOutcome | undefined;
  records: readonly LedgerRecord[];
  /** The records with a score of these predictions. */
  scoredBy: readonly LedgerRecord[];
}

/** Checks a run's predictions against its outcome, and computes their scores again; returns the score files by key. */
async function verifyPredictions(
  objects: CheckedObjects,
  facts: VerifiedFacts,
  submission: string,
  { n, outcome, records, scoredBy }: RunWithPredictions,
): Promise<Map<string, ScoreFile>> {
  const { campaign, metric, predictions: format } = facts.frozen;
  const runKey = runKeyOf(campaign, submission, n);
  const key = runObjects.predictions(runKey);
  const { runs } = facts.buckets;
  const files = await readScores(objects, facts, runKey, scoredBy, collectedFrom(records, n));
  if (outcome === undefined) {
    await verifyLeft(objects, facts, key, { n, records });
    return files;
  }
  if (outcome.predictions.kind !== 'collected') {
    if (facts.present.has(key)) {
      objects.findings.explain(runs, key);
      objects.findings.fault(runs, key, 'outcome.json says that the run left no predictions');
    }
    return files;
  }
  const { sha256, bytes } = outcome.predictions;
  const expected = { sha256, bytes, namedBy: 'outcome.json' };
  const { truth, identity } = facts;
  if (!facts.outputs) objects.expect(runs, key, 'outcome.json', facts.present);
  else if (scoredBy.length === 0 || truth === undefined) await objects.stream(runs, key, expected);
  else {
    const compare = async (stored: Content): Promise<void> => {
      const plain = Buffer.isBuffer(stored) ? [stored] : stored;
      const predictions = identity === undefined ? plain : openChunks({ identity, sealed: stored, bucket: runs, key });
      const result = await scoreAgainst(truth, { predictions, format, metric });
      for (const [scoreKey, file] of files) {
        const right = { ...file, version: 1, runKey, metric, result: alike(file.result, result) };
        compareScores(objects, facts.buckets.results, scoreKey, { file, right });
      }
    };
    await facts.turns.take(() => objects.stream(runs, key, expected, compare));
  }
  return files;
}

/** Predictions of a run without an outcome. */
async function verifyLeft(
  objects: CheckedObjects,
  { buckets: { runs }, present, outputs }: VerifiedFacts,
  key: string,
  { n, records }: Pick<RunWithPredictions, 'n' | 'records'>,
): Promise<void> {
  const [left] = records.flatMap((record) => {
    const sha256 = record.evidence?.runs[n]?.left?.predictions;
    const { campaign, submission, sequence } = record;
    return sha256 === undefined ? [] : [{ sha256, namedBy: resultObjects.ledger(campaign, submission, sequence) }];
  });
  if (left && outputs) await objects.stream(runs, key, left);
  else if (left) objects.expect(runs, key, left.namedBy, present);
  else if (present.has(key)) {
    objects.findings.explain(runs, key);
    objects.findings.note('predictions of runs without an outcome');
  }
}

async function readScores(
  objects: CheckedObjects,
  { buckets: { results } }: VerifiedFacts,
  runKey: string,
  scoredBy: readonly LedgerRecord[],
  collected: string | undefined,
): Promise<Map<string, ScoreFile>> {
  const files = new Map<string, ScoreFile>();
  for (const { campaign, submission, sequence, score } of scoredBy) {
    if (score === null) continue;
    const digest = { sha256: score.digest, namedBy: resultObjects.ledger(campaign, submission, sequence) };
    const found = await objects.readJson<ScoreFile>(results, score.key, { digest });
    if (found === undefined) continue;
    const fault = misplacedScore(found.value, runKey, collected);
    if (fault !== undefined) objects.findings.fault(results, score.key, fault);
    files.set(score.key, found.value);
  }
  return files;
}

type Scored = ScoreFile['result'];

/** The result to compare with: the words of faults may be those of another version, their number may not. */
const alike = (found: Scored, computed: Scored): Scored =>
  found.kind === 'invalid' && computed.kind === 'invalid' ? { ...found, count: computed.count } : computed;

function compareScores(
  objects: CheckedObjects,
  bucket: string,
  key: string,
  { file, right }: { file: ScoreFile; right: object },
): void {
  const byte = firstDifference(bytesOf(file), bytesOf(right));
  if (byte === undefined) return;
  objects.findings.fault(bucket, key, `byte ${byte} differs from the score that follows from the predictions`);
}

const bytesOf = (value: object): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
