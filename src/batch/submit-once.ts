import { setTimeout as delay } from 'node:timers/promises';
import { SubmitJobCommand, type BatchClient } from '@aws-sdk/client-batch';
import { parseRunKey, runObjects } from '../ids.ts';
import { holderOf, type RunsBucket } from './claim.ts';
import { jobNameOf } from './job-name.ts';
import { jobsByName } from './jobs-by-name.ts';

export interface SubmitOrder {
  runKey: string;
  queue: string;
  jobDefinition: string;
  timeoutSeconds: number;
}

export interface SubmitRooms {
  runs: RunsBucket;
  /** For reading; may retry. */
  batch: BatchClient;
  /** For SubmitJob alone: `maxAttempts: 1`, because the call has no idempotency token and a retry starts a second job. */
  submitter: BatchClient;
}

/** `submitted`: this call made the job. `adopted`: the run had one already. `abandoned`: the run was given up. */
export type Submitted = { kind: 'submitted' | 'adopted'; jobId: string } | { kind: 'abandoned' };

export interface Settling {
  /** How long the list needs at most to show an accepted job, in ms; 0 when no SubmitJob of this run can be under way. */
  listSettle: number;
  onWait: () => void;
}

const looksWhileSettling = 5;

/**
 * Makes sure that a run has one job. The claim decides if two were made after all (design 5.2): this only keeps that
 * rare. Whatever SubmitJob throws may have been accepted: call again with `listSettle` set.
 */
export async function submitOnce(rooms: SubmitRooms, order: SubmitOrder, settling: Settling): Promise<Submitted> {
  const holder = await holderOf(rooms.runs, order.runKey);
  if (holder.kind === 'job') return { kind: 'adopted', jobId: holder.jobId };
  if (holder.kind === 'abandoned') return holder;
  const adopted = await settledJob(rooms.batch, order, settling);
  if (adopted !== undefined) return { kind: 'adopted', jobId: adopted };
  return { kind: 'submitted', jobId: await submit(rooms.submitter, order) };
}

async function settledJob(batch: BatchClient, order: SubmitOrder, settling: Settling): Promise<string | undefined> {
  const looks = settling.listSettle > 0 ? looksWhileSettling : 0;
  for (let look = 0; ; look += 1) {
    const [oldest] = await jobsByName(batch, order.queue, jobNameOf(order.runKey));
    if (oldest?.jobId !== undefined) return oldest.jobId;
    if (look >= looks) return undefined;
    settling.onWait();
    await delay(settling.listSettle / looksWhileSettling);
  }
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
