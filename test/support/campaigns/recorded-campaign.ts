import { Readable } from 'node:stream';
import type { CanaryReport } from '../../../src/campaign/model/canaries/canary-report.ts';
import type { FrozenCampaign, Manifest } from '../../../src/campaign/model/frozen-campaign.ts';
import type { RunRecord } from '../../../src/campaign/model/messages.ts';
import { costMicroUsd } from '../../../src/campaign/model/money.ts';
import type { RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { canaryMember, runKeyOf } from '../../../src/ids.ts';
import { canaryDigests, type CanaryRecord } from '../../../src/ledger/canary-records.ts';
import { headOf, headsBody } from '../../../src/ledger/heads.ts';
import type { LedgerRecord, RunEvidence } from '../../../src/ledger/record.ts';
import { leaderboardEntries, resultsBody, summarise } from '../../../src/ledger/results.ts';
import { verifyCampaign, type Verification } from '../../../src/ledger/verification/verify-campaign.ts';
import { resultObjects, runObjects } from '../../../src/object-keys.ts';
import { leaderboardCsv, rankLeaderboard } from '../../../src/scoring/leaderboard.ts';
import { scorePredictions } from '../../../src/scoring/score-predictions.ts';
import { bucketsOf } from '../../../src/settings.ts';
import { sha256 } from '../../../src/sha256.ts';
import { writeAskedRound } from './asked-round.ts';
import { frozenCampaign } from './frozen-campaign.ts';
import { RecordCopy } from './record-copy.ts';
import { SealKeys } from '../../../src/sealing/seal-keys.ts';
import { effectiveRecord } from '../../../src/ledger/chains/effective-record.ts';

export const buckets = bucketsOf({ bucketPrefix: '' });
const campaign = 'case';
const labels = 'filename,label\na,0\nb,1\n';
const predictions = 'filename,label\na,0.25\nb,0.5\n';
type Outcome = Partial<RunOutcome>;
const json = (value: object, indent = 2): string => `${JSON.stringify(value, null, indent)}\n`;

interface CampaignOptions {
  teamName?: string;
  /** What campaign.json says of its test set, which is of two. */
  items?: number;
}

/** The record of a small campaign as Holdout writes it, in memory: each submission has a team of its own name. */
export class RecordedCampaign {
  readonly frozen: FrozenCampaign;
  private readonly manifest: Manifest;
  private readonly objects = new Map<string, string>();
  private readonly chains = new Map<string, { records: LedgerRecord[]; digests: string[] }>();
  private readonly canaries: CanaryRecord[] = [];
  /** sha256 (hex) of the operator commands. */
  private readonly acts: string[] = [];
  /** sha256 (hex) of the unsealings. */
  private readonly unsealings: string[] = [];
  /** Keys of what was found about images, by submission. */
  private readonly found = new Map<string, string[]>();
  /** By the key of the score file. */
  private readonly scores = new Map<string, number>();

  constructor(submissions: readonly string[], { teamName = 'Team', items = 2 }: CampaignOptions = {}) {
    const index = { version: 1, files: [] };
    const testSet = {
      indexKey: `${campaign}/testset/index.json`,
      files: { bucket: buckets.inputs, prefix: `${campaign}/testset/files/` },
      digest: this.write(buckets.inputs, `${campaign}/testset/index.json`, json(index, 1)),
      items,
      bytes: 0,
    };
    this.manifest = {
      version: 1,
      teams: submissions.map((submission) => ({
        team: submission,
        teamName,
        submissions: [
          {
            submission,
            team: submission,
            teamName,
            submittedAt: '2026-01-01T00:00:00.000Z',
            image: { kind: 'registry', reference: `docker://images/${submission}` },
          },
        ],
      })),
    };
    const key = resultObjects.manifest(campaign);
    const { sampleSet: _none, ...rules } = frozenCampaign();
    this.frozen = {
      ...rules,
      testSet,
      labels: { bucket: buckets.labels, key: `${campaign}/labels`, digest: sha256(labels) },
      manifest: {
        key,
        digest: this.write(buckets.results, key, json(this.manifest, 1)),
        submissions: submissions.length,
        teams: submissions.length,
      },
    };
    this.write(buckets.labels, `${campaign}/labels`, labels);
    this.write(buckets.results, resultObjects.campaign(campaign), json(this.frozen, 1));
  }

  /** Writes an object; returns its sha256 (hex). */
  write(bucket: string, key: string, body: string): string {
    this.objects.set(`${bucket}/${key}`, body);
    return sha256(body);
  }

  /** The run of a submission: its objects, and what its record says. By default it ends with predictions; null: no outcome. */
  run(submission: string, n: number, changes: Partial<RunRecord> = {}, outcome: Outcome | null = {}): RunRecord {
    const runKey = runKeyOf(campaign, submission, n);
    const [instanceClass] = this.frozen.instanceClasses;
    const record: RunRecord = {
      n,
      purpose: 'evaluation',
      class: 'g4',
      jobId: `job-${submission}-${n}`,
      reason: null,
      billedSeconds: 10,
      costMicroUsd: costMicroUsd(10, instanceClass?.microUsdPerHour ?? 0),
      ...changes,
    };
    const { testSet: inputs } = this.frozen;
    const spec = { version: 1, runKey, purpose: record.purpose, instanceClass: { name: record.class }, inputs };
    this.write(buckets.runs, runObjects.spec(runKey), json({ ...spec, image: { digest: 'sha256:0' } }));
    this.write(buckets.runs, runObjects.claim(runKey), `job-${submission}-${n}`);
    if (outcome !== null) this.writeOutcome(runKey, outcome);
    return record;
  }

  private writeOutcome(runKey: string, changes: Outcome): void {
    const key = runObjects.predictions(runKey);
    // Large enough to be streamed.
    const collected = { kind: 'collected', key, bytes: 2 ** 21, sha256: sha256(predictions) } as const;
    const outcome = { version: 1, runKey, startedAt: '2026-01-01T01:00:00.000Z', log: {}, predictions: collected };
    const written = { ...outcome, ...changes };
    if (written.predictions.kind === 'collected') this.write(buckets.runs, key, predictions);
    this.write(buckets.runs, runObjects.outcome(runKey), json(written));
  }

  /** The score of a run's predictions in a round, as the scorer writes it. */
  async score(submission: string, n: number, sequence: number): Promise<{ key: string; digest: string }> {
    const { metric, predictions: format } = this.frozen;
    const result = await scorePredictions({
      predictions: Readable.from([predictions]),
      labels: Buffer.from(labels),
      format,
      metric,
    });
    const file = { version: 1, runKey: runKeyOf(campaign, submission, n), metric, predictions: sha256(predictions) };
    const key = resultObjects.score(campaign, submission, n, sequence);
    if (result.kind === 'scored') this.scores.set(key, result.score);
    return { key, digest: this.write(buckets.results, key, json({ ...file, result })) };
  }

  /** Appends a record to the chain of its submission; by default its round finished. `evidence`: as of now; false: none. */
  record(submission: string, changes: Partial<LedgerRecord> = {}, evidence = true): void {
    const chain = this.chains.get(submission) ?? { records: [], digests: [] };
    const { runs = [] } = changes;
    const record: LedgerRecord = {
      version: 1,
      campaign,
      submission,
      team: submission,
      sequence: chain.records.length + 1,
      predecessor: chain.digests.at(-1) ?? null,
      state: 'finished',
      reason: null,
      detail: null,
      runs,
      score: null,
      image: 'sha256:0',
      ...changes,
      ...(evidence && {
        evidence: {
          campaign: sha256(this.body(buckets.results, resultObjects.campaign(campaign)) ?? ''),
          runs: Object.fromEntries(runs.map(({ n }) => [n, this.evidenceOf(runKeyOf(campaign, submission, n))])),
          findings: this.found.get(submission) ?? [],
        },
      }),
    };
    const key = resultObjects.ledger(campaign, submission, record.sequence);
    chain.digests.push(this.write(buckets.results, key, json(record)));
    chain.records.push(record);
    this.chains.set(submission, chain);
  }

  /** Something that was found about the image of a submission; its next record names it. */
  finding(submission: string, key: string, body: string): void {
    this.write(buckets.results, key, body);
    this.found.set(submission, [...(this.found.get(submission) ?? []), key]);
  }

  /** An unsealing of a log with its receipt. `receipt`: false as older versions wrote it. */
  unseal(submission: string, receipt = true): void {
    const sequence = this.unsealings.length + 1;
    const unsealing = {
      version: 1,
      sequence,
      predecessor: this.unsealings.at(-1) ?? null,
      ...(receipt && { receipt }),
      submission,
      n: 1,
      part: 'log',
      at: '2026-01-01T00:00:00.000Z',
      by: 'ann',
      reason: 'a team asks',
    };
    const digest = this.write(buckets.results, resultObjects.unsealing(campaign, sequence), json(unsealing));
    if (receipt) this.write(buckets.results, resultObjects.receipt(campaign, sequence, digest), '');
    this.unsealings.push(digest);
  }

  /** A work list with teams in this order. */
  workList(teams: readonly string[]): void {
    const rows = teams.map((team) => ({
      team,
      teamName: 'Team',
      before: 0,
      rounds: [{ submission: team, sequence: 1, kind: 'evaluate' }],
    }));
    const body = `${JSON.stringify({ version: 1, teams: rows })}\n`;
    this.write(buckets.results, resultObjects.work(campaign, sha256(body)), body);
  }

  /** An operator's command that asks for another round of a submission. */
  ask(submission: string, sequence: number): void {
    const write = (key: string, body: string): string => this.write(buckets.results, key, body);
    this.acts.push(writeAskedRound(campaign, { submission, sequence }, this.acts, write));
  }

  /** A finished and scored round of one run. */
  async finish(submission: string, evidence = true, startedAt = '2026-01-01T01:00:00.000Z'): Promise<void> {
    const runs = [this.run(submission, 1, {}, { startedAt })];
    this.record(submission, { runs, score: await this.score(submission, 1, 1) }, evidence);
  }

  /** The record of a canary whose spec and claim are there; its job may write an outcome later. */
  canary(report: Omit<CanaryReport, 'class' | 'n' | 'jobId'>): void {
    const [name, n] = ['g4', this.canaries.length + 1];
    const runKey = runKeyOf(campaign, canaryMember(name), n);
    this.write(buckets.runs, runObjects.spec(runKey), json({ version: 1, runKey, purpose: 'canary' }));
    this.write(buckets.runs, runObjects.claim(runKey), 'job');
    const evidence = this.evidenceOf(runKey);
    const record: CanaryRecord = { version: 1, campaign, class: name, n, jobId: 'job', ...report, evidence };
    this.write(buckets.results, resultObjects.canary(campaign, name, n), json(record));
    this.canaries.push(record);
  }

  private evidenceOf(runKey: string): RunEvidence {
    const evidence: RunEvidence = {};
    for (const object of ['spec', 'claim', 'outcome', 'trouble'] as const) {
      const body = this.body(buckets.runs, runObjects[object](runKey));
      if (body !== undefined) evidence[object] = sha256(body);
    }
    if (evidence.outcome !== undefined) return evidence;
    for (const object of ['log', 'predictions'] as const) {
      const body = this.body(buckets.runs, runObjects[object](runKey));
      if (body !== undefined) evidence.left = { ...evidence.left, [object]: sha256(body) };
    }
    return evidence;
  }

  private body(bucket: string, key: string): string | undefined {
    return this.objects.get(`${bucket}/${key}`);
  }

  /** Publishes what is recorded; `heads`: with heads.json; `words`: as another version words what is published. */
  publish(heads = true, words = (body: string): string => body): void {
    const chains = new Map(Array.from(this.chains, ([name, { records }]) => [name, records]));
    const rows = this.manifest.teams.flatMap(({ submissions }) => submissions);
    const rounds = rows.map(({ submission, team, teamName }) => {
      return { submission, team, teamName, sequence: 1, kind: 'evaluate' as const };
    });
    const scores = new Map<string, number>();
    for (const [name, records] of chains) {
      const score = this.scores.get(effectiveRecord(records)?.score?.key ?? '');
      if (score !== undefined) scores.set(name, score);
    }
    const results = summarise(campaign, { chains, rounds, rows, canaries: this.canaries }, scores);
    const board = words(leaderboardCsv(rankLeaderboard(leaderboardEntries(results), this.frozen.leaderboard)));
    const body = words(resultsBody(results));
    const published = {
      leaderboard: this.write(buckets.results, resultObjects.leaderboard(campaign), board),
      results: this.write(buckets.results, resultObjects.results(campaign), body),
    };
    if (!heads) return;
    const ledger = Object.fromEntries(Array.from(this.chains, ([name, { digests }]) => [name, headOf(digests)]));
    const named = {
      acts: headOf(this.acts),
      unsealings: headOf(this.unsealings),
      ledger,
      canaries: canaryDigests(this.canaries),
    };
    const digest = sha256(this.body(buckets.results, resultObjects.campaign(campaign)) ?? '');
    this.write(
      buckets.results,
      resultObjects.heads(campaign),
      headsBody({ version: 1, campaign: digest, ...named, ...published }),
    );
  }

  /** All objects, by `<bucket>/<key>`. */
  all(): Map<string, Buffer> {
    return new Map(Array.from(this.objects, ([name, body]) => [name, Buffer.from(body)]));
  }

  verify({ outputs = true } = {}): Promise<Verification> {
    const sealKeys = new SealKeys(undefined);
    return verifyCampaign(new RecordCopy(this.all()), { campaign, buckets, inputs: false, outputs, sealKeys });
  }
}
