import { SubmitJobCommand, type BatchClient } from '@aws-sdk/client-batch';
import { parseRunKey, runObjects } from '../ids.ts';
import type { BatchClients } from './batch-clients.ts';
import { holderOf, type RunsBucket } from './claim.ts';
import { jobNameOf } from './job-name.ts';
import { jobsByName } from './jobs-by-name.ts';

export interface SubmitOrder {
  runKey: string;
  queue: string;
  jobDefinition: string;
  timeoutSeconds: number;
}

export interface SubmitDependencies extends BatchClients {
  runs: RunsBucket;
}

/**
 * `submitted`: this call made the job. `adopted`: the run had one already. `abandoned`: the run was given up. `refused`: it
 * was given up because Batch will never take it.
 */
export type Submitted =
  { kind: 'submitted' | 'adopted'; jobId: string } | { kind: 'abandoned' } | { kind: 'refused'; cause: string };

export interface Settling {
  /** How long the list needs at most to show an accepted job, in ms; 0 when no SubmitJob of this run can be under way. */
  listSettle: number;
  /** Waits so many ms between two looks; rejects when this process goes away. */
  wait: (ms: number) => Promise<void>;
}

export const waitsWhileSettling = 5;

/**
 * Makes sure that a run has one job. The claim decides if two were made after all: this only keeps that
 * rare. Whatever SubmitJob throws may have been accepted: call again with `listSettle` set.
 */
export async function submitOnce(
  rooms: SubmitDependencies,
  order: SubmitOrder,
  settling: Settling,
): Promise<Submitted> {
  const waits = settling.listSettle > 0 ? waitsWhileSettling : 0;
  for (let waited = 0; ; waited += 1) {
    const known = await knownJob(rooms, order);
    if (known !== undefined) return known;
    if (waited === waits) return { kind: 'submitted', jobId: await submit(rooms.submitter, order) };
    await settling.wait(settling.listSettle / waitsWhileSettling);
  }
}

/** The claim shows at once a job that began, the list sooner or later every job. */
async function knownJob({ runs, batch }: SubmitDependencies, order: SubmitOrder): Promise<Submitted | undefined> {
  const holder = await holderOf(runs, order.runKey);
  if (holder.kind === 'job') return { kind: 'adopted', jobId: holder.jobId };
  if (holder.kind === 'abandoned') return holder;
  const [oldest] = await jobsByName(batch, order.queue, jobNameOf(order.runKey));
  return oldest?.jobId === undefined ? undefined : { kind: 'adopted', jobId: oldest.jobId };
}

async function submit(submitter: BatchClient, order: SubmitOrder): Promise<string> {
  const { campaign, submission, n } = parseRunKey(order.runKey);
  const answer = await submitter.send(
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
  if (answer.jobId === undefined)
    throw new Error(`SubmitJob answered without a job id for ${runObjects.spec(order.runKey)}`);
  return answer.jobId;
}
