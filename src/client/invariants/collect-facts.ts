import type { CheckedFacts, ChangedObject, CountedProgress, Phase, Remains } from '../../campaign/invariants/facts.ts';
import { openRounds } from '../../campaign/invariants/nothing-lost.ts';
import { HoldoutError } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { readsAtOnce } from '../../ledger/ledger.ts';
import type { RecordFault } from '../../ledger/verification/findings.ts';
import { unlessOther } from '../../ledger/verification/checked-objects.ts';
import { verifyCampaign, type VerifiedCampaign } from '../../ledger/verification/verify-campaign.ts';
import { homeFolder, placesOf } from '../../local/stack/home/home.ts';
import { jobsOnHost } from '../../local/stack/remains.ts';
import { runObjects } from '../../object-keys.ts';
import type { Buckets } from '../../settings.ts';
import type { Access } from '../access.ts';
import { isCampaignRunning } from '../operator/start-workflow.ts';
import { isRemote } from '../stack/enter-stack.ts';
import { queryProgress } from '../status/query-progress.ts';
import { RememberingSource } from './remembering-source.ts';
import { workflowsOf } from './workflows-of-campaign.ts';

/** How long a campaign that answers no query is waited for, in ms: what it counts is then listed as not checked. */
const progressWithinMs = 20_000;

/** One look at a campaign. `facts`: undefined if the record cannot be understood; then only `changed` is known. */
export interface Look {
  facts: CheckedFacts | undefined;
  changed: ChangedObject[];
  /** What could not be checked, and why. */
  unchecked: string[];
}

/**
 * Reads what the rules judge. First what must be known before the rest: a campaign's own count of open rounds before the record,
 * the record before the workflows, and these before the jobs, so that whatever is missing later should have been there.
 */
export async function lookAt(access: Access, campaign: string): Promise<Look> {
  const isRunning = await isCampaignRunning(access, campaign);
  const before = isRunning ? await progressOf(access, campaign) : undefined;
  const source = new RememberingSource(access.store, access.buckets.runs);
  const options = { campaign, buckets: access.buckets, inputs: false, outputs: false, sealKeys: access.sealKeys };
  const { faults, unchecked, verified } = await verifyCampaign(source, options);
  const of = (found: RecordFault[]) => found.map((fault) => changedObject(access.buckets, campaign, fault));
  if (verified === undefined) return { facts: undefined, changed: of(faults), unchecked };
  const open = await readOpenRuns(access, source);
  const known = new Set(faults.map(({ key }) => key));
  const changed = of([...faults, ...open.filter(({ key }) => !known.has(key))]);
  const notes = [...unchecked];
  const facts = await worldOf(access, { verified, source, isRunning, before, unchecked: notes });
  return { facts: { ...facts, changed }, changed, unchecked: notes };
}

interface FoundRecord {
  verified: VerifiedCampaign;
  source: RememberingSource;
  isRunning: boolean;
  before: CountedProgress | string | undefined;
  unchecked: string[];
}

async function worldOf(access: Access, found: FoundRecord): Promise<CheckedFacts> {
  const { verified, source, isRunning, before, unchecked } = found;
  const { frozen, record, published } = verified;
  const { campaign, instanceClasses } = frozen;
  const rounds = record.rounds.map(({ submission, sequence }) => ({ submission, sequence }));
  const workflows = await workflowsOf(access, { campaign, rounds, runs: source.runs });
  const { openBatchClients } = await import('../../batch/batch-clients.ts');
  const { jobsOfCampaign } = await import('../../batch/job-lists/campaign-jobs.ts');
  const queues = new Set(instanceClasses.map(({ queue }) => queue));
  const at = Date.now();
  const { jobs, missingQueues } = await jobsOfCampaign(openBatchClients().batch, campaign, queues);
  for (const queue of missingQueues) unchecked.push(`the jobs of queue ${queue}, which Batch does not know`);
  const after = isRunning ? await progressOf(access, campaign) : undefined;
  const progress = progressFrom(before, after, unchecked);
  const known = { rounds, records: record.chains };
  const phase: Phase = isRunning ? 'running' : openRounds(known).length > 0 ? 'stopped' : 'ended';
  if (phase !== 'ended') unchecked.push('whether anything is left over (I4), until the campaign has ended');
  return {
    campaign,
    phase,
    ...known,
    canaries: record.canaries,
    published,
    workflows,
    jobs,
    claims: source.claims,
    outcomes: source.outcomes,
    progress,
    at,
    changed: [],
    ...(await hostOf(jobs, unchecked)),
  };
}

/**
 * Reads the claims and outcomes that no record names yet; an outcome before its claim, which is older. Returns the objects that
 * are not what Holdout wrote.
 */
async function readOpenRuns({ buckets }: Access, source: RememberingSource): Promise<RecordFault[]> {
  const { runs: bucket } = buckets;
  const faults: RecordFault[] = [];
  const read = async (key: string): Promise<void> => {
    const body = await source.find(bucket, key).catch(unlessOther);
    if (typeof body === 'string') faults.push({ bucket, key, what: body });
  };
  const open = [...source.runs].filter((run) => !source.claims.has(run));
  await inParallel(readsAtOnce, open, async (run) => {
    if (!source.outcomes.has(run)) await read(runObjects.outcome(run));
    await read(runObjects.claim(run));
  });
  return faults;
}

async function hostOf(
  jobs: CheckedFacts['jobs'],
  unchecked: string[],
): Promise<Pick<CheckedFacts, 'remains' | 'containers'>> {
  if (isRemote()) {
    unchecked.push('containers, control groups, mounts and folders on the machines of AWS Batch');
    return { remains: [], containers: [] };
  }
  const byId = new Map(jobs.map((job) => [job.jobId, job]));
  const { remains, unlisted } = await jobsOnHost(placesOf(homeFolder()), new Set(byId.keys()));
  if (unlisted !== undefined) unchecked.push(`the containers on this machine: ${unlisted}`);
  const isOver = ({ jobId }: Remains): boolean => byId.get(jobId)?.state === 'ended';
  const containers = remains.filter(({ kind }) => kind === 'container');
  return {
    remains: remains.filter(isOver),
    containers: containers.map(({ jobId }) => ({ jobId, runKey: byId.get(jobId)?.runKey ?? '' })),
  };
}

/** The counts of a running campaign, or why it tells none. */
async function progressOf(access: Access, campaign: string): Promise<CountedProgress | string> {
  try {
    const { counts, money } = await queryProgress(access, campaign, progressWithinMs);
    const { queued, preparing, waiting, running, scoring } = counts;
    return { open: queued + preparing + waiting + running + scoring, spent: money.spent };
  } catch (error) {
    if (error instanceof HoldoutError) return error.message;
    throw error;
  }
}

/** The open rounds from before the record was read, the spending from after. */
function progressFrom(
  before: CountedProgress | string | undefined,
  after: CountedProgress | string | undefined,
  unchecked: string[],
): CountedProgress | undefined {
  if (before === undefined || after === undefined) return undefined;
  if (typeof before === 'object' && typeof after === 'object') return { open: before.open, spent: after.spent };
  const why = [before, after].find((one) => typeof one === 'string') ?? '';
  unchecked.push(`what the campaign itself counts: ${why}`);
  return undefined;
}

function changedObject(buckets: Buckets, campaign: string, { bucket, key, what, isMoney }: RecordFault): ChangedObject {
  return { part: isMoney ? 'money' : partOf(buckets, campaign, bucket, key), bucket, key, what };
}

/** What an object belongs to, by its key. */
function partOf(buckets: Buckets, campaign: string, bucket: string, key: string): ChangedObject['part'] {
  if (bucket === buckets.runs) return key.endsWith('/claim') ? 'claim' : 'run';
  const board = ['leaderboard.csv', 'results.json', 'heads.json'].map((name) => `${campaign}/${name}`);
  return bucket === buckets.results && board.includes(key) ? 'board' : 'record';
}
