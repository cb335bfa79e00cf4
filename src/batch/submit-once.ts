import { SubmitJobCommand, type BatchClient } from '@aws-sdk/client-batch';
import { parseRunKey } from '../ids.ts';
import type { BatchClients } from './batch-clients.ts';
import { holderOf } from './claim.ts';
import { jobNameOf } from './job-name.ts';
import { isNotAccepted } from './refused-call.ts';
import { jobsOfRun } from './job-lists/run-jobs.ts';
import type { Bucket } from '../s3/object-store.ts';
import { runObjects } from '../object-keys.ts';
import { untilAdmitted } from './throttling.ts';

export interface SubmitOrder {
  runKey: string;
  queue: string;
  jobDefinition: string;
  timeoutSeconds: number;
}

interface SubmitDependencies extends BatchClients {
  runs: Bucket;
}

export type Adopted = { kind: 'adopted'; jobId: string };

/**
 * `submitted`: this call made the job. `adopted`: the run already had one. `abandoned`: the run was given up. `refused`: the
 * run was given up because Batch will never accept it.
 */
export type Submitted =
  { kind: 'submitted'; jobId: string } | Adopted | { kind: 'abandoned' } | { kind: 'refused'; cause: string };

export interface Settling {
  /** How long the list of jobs may take to show an accepted job, in ms; 0 if no SubmitJob of this run can be pending. */
  listSettle: number;
  /** Waits this many milliseconds between two calls; rejects when the process shuts down. */
  wait: (ms: number) => Promise<void>;
  /** Is told when a SubmitJob of this run may have been accepted that the list need not show yet, and when none may. */
  onPending?: (mayBePending: boolean) => void;
}

const waitsWhileSettling = 5;

/**
 * Makes sure that a run has one job. If two are made anyway, the claim decides; this function only makes that rare. Repeats a
 * call that Batch throttles. After an error of which {@link Settling.onPending} was told, call again with `listSettle` set.
 */
export async function submitOnce(deps: SubmitDependencies, order: SubmitOrder, settling: Settling): Promise<Submitted> {
  const { wait } = settling;
  const known = await lookUntilSettled(() => untilAdmitted(() => knownJob(deps, order), wait), settling);
  if (known !== undefined) return known;
  const noted = notingPending(() => submit(deps.submitter, order), settling);
  return { kind: 'submitted', jobId: await untilAdmitted(noted, wait) };
}

/** A SubmitJob is pending from before it is sent until an answer, or an error that proves that it was not accepted. */
const notingPending =
  <T>(call: () => Promise<T>, { onPending }: Settling): (() => Promise<T>) =>
  async () => {
    onPending?.(true);
    try {
      return await call();
    } catch (error) {
      if (isNotAccepted(error)) onPending?.(false);
      throw error;
    }
  };

/** Looks for a job five times while the list may still show one, once if `listSettle` is 0. */
export async function lookUntilSettled<T>(
  look: () => Promise<T | undefined>,
  settling: Settling,
): Promise<T | undefined> {
  const waits = settling.listSettle > 0 ? waitsWhileSettling : 0;
  for (let waited = 0; ; waited += 1) {
    const found = await look();
    if (found !== undefined || waited === waits) return found;
    await settling.wait(settling.listSettle / waitsWhileSettling);
  }
}

/** The claim shows a job as soon as it begins; the list shows every job sooner or later. */
async function knownJob({ runs, batch }: SubmitDependencies, order: SubmitOrder): Promise<Submitted | undefined> {
  const holder = await holderOf(runs, order.runKey);
  if (holder.kind === 'job') return { kind: 'adopted', jobId: holder.jobId };
  if (holder.kind === 'abandoned') return holder;
  return listedJob(batch, order.queue, order.runKey);
}

/** The oldest job that the list shows for a run. */
export async function listedJob(batch: BatchClient, queue: string, runKey: string): Promise<Adopted | undefined> {
  const [oldest] = await jobsOfRun(batch, queue, runKey);
  return oldest?.jobId === undefined ? undefined : { kind: 'adopted', jobId: oldest.jobId };
}

async function submit(submitter: BatchClient, order: SubmitOrder): Promise<string> {
  const { campaign, submission, n } = parseRunKey(order.runKey);
  const { jobId } = await submitter.send(
    new SubmitJobCommand({
      jobName: jobNameOf(order.runKey),
      jobQueue: order.queue,
      jobDefinition: order.jobDefinition,
      containerOverrides: { environment: [{ name: 'HOLDOUT_RUN_KEY', value: order.runKey }] },
      retryStrategy: { attempts: 1 },
      timeout: { attemptDurationSeconds: order.timeoutSeconds },
      tags: { 'holdout:campaign': campaign, 'holdout:submission': submission, 'holdout:run': String(n) },
      propagateTags: true,
    }),
  );
  if (jobId === undefined) throw new Error(`SubmitJob returned no job id for ${runObjects.spec(order.runKey)}`);
  return jobId;
}
