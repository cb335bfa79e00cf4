import type { FrozenCampaign, Submission } from '../../campaign/model/frozen-campaign.ts';
import type { TeamRound } from '../../campaign/model/rounds.ts';
import { HoldoutError, messageOf } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { resultObjects } from '../../object-keys.ts';
import { truthOf } from '../../scoring/score-predictions.ts';
import type { SealKeys } from '../../sealing/seal-keys.ts';
import type { Buckets } from '../../settings.ts';
import { readsAtOnce } from '../ledger.ts';
import type { CanaryRecord } from '../canary-records.ts';
import { commandChain } from '../command-log.ts';
import type { CampaignRecord } from '../campaign-record.ts';
import { headOf, type Chains, type Heads } from '../heads.ts';
import type { LedgerRecord } from '../record.ts';
import { summarise, type CampaignResults } from '../results.ts';
import { unsealingChain, type ChainedUnsealing } from '../chains/unsealings.ts';
import { campaignKeys, type CampaignKeys } from './campaign-keys.ts';
import { fairnessOf, type Fairness } from './fairness/fairness.ts';
import { steeredTeams } from './fairness/steered-teams.ts';
import { Findings, type RecordFault } from './findings.ts';
import { CheckedObjects } from './checked-objects.ts';
import type { RecordSource } from './record-source.ts';
import { explainRest } from './explain-rest.ts';
import { ScoringTurns, scoringsAtOnce } from './scoring-turns.ts';
import { verifyCanaries } from './verify-canaries.ts';
import { verifyImageFindings } from './verify-image-findings.ts';
import { verifyReceipts } from './verify-receipts.ts';
import { verifyNumberedChain } from './verify-chain.ts';
import { verifyFrozen, verifyInputs, verifyLabels, verifyRounds } from './verify-intake.ts';
import { verifyRequested } from './verify-requested.ts';
import { verifyPublication } from './verify-published.ts';
import { verifySubmission, type VerifiedFacts, type VerifiedSubmission } from './verify-submission.ts';
import { effectiveRecord } from '../chains/effective-record.ts';

/** What a verification found. */
export interface Verification {
  faults: RecordFault[];
  /** What could not be checked, and why. */
  unchecked: string[];
  /** Undefined if the frozen campaign or a chain cannot be understood at all. */
  verified: VerifiedCampaign | undefined;
}

/** A campaign as its record shows it. Digests are sha256 (hex). */
export interface VerifiedCampaign {
  frozen: FrozenCampaign;
  results: CampaignResults;
  fairness: Fairness;
  /** Numbers of objects, ledger records and scores that were checked. */
  counts: { objects: number; records: number; scores: number };
  unsealings: ChainedUnsealing[];
  heads: Required<Pick<Heads, 'campaign' | 'acts' | 'unsealings' | 'ledger'>> & Pick<Heads, 'canaries'>;
  record: Pick<CampaignRecord, 'rounds' | 'rows' | 'chains' | 'canaries'>;
  /** The heads of the ledger in the last publication, empty if nothing was published; undefined: by an older version. */
  published: Heads['ledger'] | undefined;
}

interface VerifyOptions {
  campaign: string;
  buckets: Buckets;
  /** Also every input file and every archive. */
  inputs: boolean;
  /** Read predictions and logs, and compute the scores again; else only look whether they are there. */
  outputs: boolean;
  /** Open sealed predictions. */
  sealKeys: SealKeys;
}

/**
 * Checks everything that S3 has about a campaign, from S3 alone. Throws SEAL_KEY_MISSING if the record shows no fault, but its
 * predictions cannot be opened.
 */
export async function verifyCampaign(source: RecordSource, options: VerifyOptions): Promise<Verification> {
  const findings = new Findings();
  const objects = new CheckedObjects(source, findings);
  let verified: VerifiedCampaign | undefined;
  try {
    verified = await verifyAll(source, objects, options);
  } catch (error) {
    // A change may leave JSON of another shape; other errors are not about the record.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    findings.fault(
      options.buckets.results,
      `${options.campaign}/`,
      `its objects cannot be understood: ${messageOf(error)}`,
    );
  }
  return { faults: findings.faults, unchecked: findings.unchecked, verified };
}

async function verifyAll(
  source: RecordSource,
  objects: CheckedObjects,
  { campaign, buckets, inputs, outputs, sealKeys }: VerifyOptions,
): Promise<VerifiedCampaign | undefined> {
  const { results: bucket } = buckets;
  const keys = await campaignKeys(source, buckets, campaign);
  const heads = await publishedHeads(objects, bucket, campaign, keys);
  const found = await verifyFrozen(objects, bucket, campaign, heads?.campaign);
  if (found === undefined) return undefined;
  const { value: frozen, digest } = found;
  const acts = await verifyNumberedChain(objects, bucket, commandChain, { campaign, count: keys.acts });
  const unsealings = await verifyNumberedChain(objects, bucket, unsealingChain, { campaign, count: keys.unsealings });
  const isReceipted = await verifyReceipts(objects, bucket, { campaign, keys: keys.results, chain: unsealings });
  const listed = { keys: keys.results, commands: acts.links };
  const { rounds, submissions: rows, workLists } = await verifyRounds(objects, bucket, frozen, listed);
  await verifyInputs(objects, buckets, { frozen, rows, all: inputs });
  const labels = outputs ? await verifyLabels(objects, frozen) : undefined;
  if (!outputs) objects.findings.note('the contents of predictions and logs, and the scores; `verify` checks them');
  const { missing, ...scoring } = await scoringOf(frozen, labels, sealKeys);
  const facts: VerifiedFacts = { buckets, frozen, digest, ...scoring, outputs, present: keys.runs };
  const submissions = await verifySubmissions(objects, facts, rows, keys);
  const digests = new Map(Array.from(submissions, ([name, one]) => [name, one.digests]));
  const chains = new Map(Array.from(submissions, ([name, { records }]) => [name, records]));
  const canaries = await verifyCanaries(objects, buckets, { frozen, keys, heads });
  const results = resultsOf(campaign, { rounds, rows, canaries: canaries.records }, submissions);
  const digestsOf = { acts: acts.digests, unsealings: unsealings.digests, ledger: digests };
  const recorded = { ...digestsOf, canaries: canaries.records.length, chains, isReceipted };
  verifyRequested(objects, bucket, rounds, chains);
  await verifyPublication(objects, bucket, { frozen, results, heads, keys: keys.results, recorded });
  const open = openSubmissions(rounds, keys);
  await verifyImageFindings(objects, bucket, { campaign, keys: keys.results, chains, open });
  explainRest(objects, { buckets, keys, chains, open });
  // The recipient itself may be what was changed.
  if (missing && objects.findings.faults.length === 0) throw missing;
  if (missing) objects.findings.note('the scores, because the predictions cannot be opened');
  return {
    frozen,
    results,
    unsealings: unsealings.links,
    fairness: fairnessOf(frozen, {
      starts: [...submissions.values()].flatMap(({ firstStart }) => firstStart ?? []),
      steered: steeredTeams(frozen, rows, acts.links),
      workLists: workLists.map(({ teams }) => teams.map(({ team }) => team)),
    }),
    counts: countsOf(objects, submissions, scoring),
    heads: headsOf(digest, digestsOf, canaries.digests),
    record: { rounds, rows, chains, canaries: canaries.records },
    published: heads?.ledger ?? (keys.results.includes(resultObjects.results(campaign)) ? undefined : {}),
  };
}

/** Submissions with a round that is not recorded yet. */
const openSubmissions = (rounds: readonly TeamRound[], { records }: CampaignKeys): Set<string> =>
  new Set(
    rounds
      .filter(({ submission, sequence }) => sequence > (records.get(submission) ?? 0))
      .map(({ submission }) => submission),
  );

/** What heads.json would say of the record. */
const headsOf = (
  campaign: string,
  { acts, unsealings, ledger }: Chains,
  canaries: Record<string, string>,
): VerifiedCampaign['heads'] => ({
  campaign,
  acts: headOf(acts),
  unsealings: headOf(unsealings),
  canaries,
  ledger: Object.fromEntries(Array.from(ledger, ([name, ofRecords]) => [name, headOf(ofRecords)])),
});

/** What scores are computed again with. `missing`: why sealed predictions cannot be opened; then nothing is scored. */
interface Scoring extends Pick<VerifiedFacts, 'truth' | 'identity' | 'turns'> {
  missing?: HoldoutError;
}

/** Without labels nothing is scored, and so nothing opened. */
async function scoringOf(frozen: FrozenCampaign, labels: Buffer | undefined, sealKeys: SealKeys): Promise<Scoring> {
  const turns = new ScoringTurns(scoringsAtOnce(frozen.testSet.items));
  const nothing = { truth: undefined, identity: undefined, turns };
  if (labels === undefined) return nothing;
  try {
    const identity = await sealKeys.identityOf(frozen);
    return { truth: await truthOf(labels, frozen.predictions, frozen.metric), identity, turns };
  } catch (error) {
    if (error instanceof HoldoutError && error.code === 'SEAL_KEY_MISSING') return { ...nothing, missing: error };
    throw error;
  }
}

const countsOf = (
  { findings }: CheckedObjects,
  submissions: ReadonlyMap<string, VerifiedSubmission>,
  { truth }: Scoring,
): VerifiedCampaign['counts'] => ({
  objects: findings.explained,
  records: sum(submissions, ({ records }) => records.length),
  scores: truth ? sum(submissions, ({ scores }) => scores.size) : 0,
});

const sum = (submissions: ReadonlyMap<string, VerifiedSubmission>, of: (one: VerifiedSubmission) => number): number =>
  [...submissions.values()].reduce((total, one) => total + of(one), 0);

/** heads.json, which every publication of this version writes. */
async function publishedHeads(
  objects: CheckedObjects,
  bucket: string,
  campaign: string,
  keys: CampaignKeys,
): Promise<Heads | undefined> {
  const key = resultObjects.heads(campaign);
  if (keys.results.includes(key)) return (await objects.readJson<Heads>(bucket, key))?.value;
  return undefined;
}

async function verifySubmissions(
  objects: CheckedObjects,
  facts: VerifiedFacts,
  rows: readonly Submission[],
  keys: CampaignKeys,
): Promise<Map<string, VerifiedSubmission>> {
  const { campaign } = facts.frozen;
  const submissions = new Map<string, VerifiedSubmission>();
  await inParallel(readsAtOnce, rows, async (row) => {
    try {
      submissions.set(
        row.submission,
        await verifySubmission(objects, facts, row, keys.records.get(row.submission) ?? 0),
      );
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      const folder = `${resultObjects.ledgerFolder(campaign)}${row.submission}/`;
      objects.findings.fault(facts.buckets.results, folder, `its records cannot be understood: ${messageOf(error)}`);
    }
  });
  return submissions;
}

function resultsOf(
  campaign: string,
  known: { rounds: TeamRound[]; rows: Submission[]; canaries: CanaryRecord[] },
  submissions: ReadonlyMap<string, VerifiedSubmission>,
): CampaignResults {
  const chains = new Map<string, LedgerRecord[]>();
  const scores = new Map<string, number>();
  for (const [name, { records, scores: files }] of submissions) {
    if (records.length > 0) chains.set(name, records);
    const key = effectiveRecord(records)?.score?.key;
    const result = key === undefined ? undefined : files.get(key)?.result;
    if (result?.kind === 'scored') scores.set(name, result.score);
  }
  return summarise(campaign, { chains, ...known }, scores);
}
