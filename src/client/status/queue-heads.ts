import type { BatchClient } from '@aws-sdk/client-batch';
import { faultCause } from '../../campaign/evaluation/fault-cause.ts';
import { adviceOn } from '../../campaign/explanation/platform-advice.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { instantText } from '../../campaign/model/units.ts';
import { stepOf } from './trouble/next-step.ts';

/** The job at the head of a queue that has not started for a while. */
export interface QueueHead {
  class: string;
  queue: string;
  jobId: string;
  /** Instant (ms) since which it is at the head. */
  since: number;
  /** Batch's reason for its wait, if it names one. */
  words?: string;
}

/** A job moves from the head of its queue to a machine that is there within this time, in ms. */
const usualWait = 60_000;

/** The operator waits for the command; Batch's view is a supplement, in ms. */
const patience = 5_000;

/**
 * The queues of these classes whose head does not move, by Batch's snapshot. A queue whose snapshot Batch does not give, for
 * want of permission or of the queue, is left out: the campaign tells the refusals that matter.
 */
export async function queueHeads(
  batch: BatchClient,
  classes: readonly Pick<InstanceClass, 'name' | 'queue'>[],
  now: number,
): Promise<QueueHead[]> {
  const abortSignal = AbortSignal.timeout(patience);
  const heads = classes.map((one) => headOf(batch, one, now, abortSignal).catch(() => undefined));
  return (await Promise.all(heads)).flatMap((head) => head ?? []);
}

async function headOf(
  batch: BatchClient,
  { name, queue }: Pick<InstanceClass, 'name' | 'queue'>,
  now: number,
  abortSignal: AbortSignal,
): Promise<QueueHead | undefined> {
  const { GetJobQueueSnapshotCommand, DescribeJobsCommand } = await import('@aws-sdk/client-batch');
  const { frontOfQueue } = await batch.send(new GetJobQueueSnapshotCommand({ jobQueue: queue }), { abortSignal });
  const [first] = frontOfQueue?.jobs ?? [];
  const { jobArn, earliestTimeAtPosition: since } = first ?? {};
  if (jobArn === undefined || since === undefined || now - since < usualWait) return undefined;
  const jobId = jobArn.slice(jobArn.lastIndexOf('/') + 1);
  const described = batch.send(new DescribeJobsCommand({ jobs: [jobId] }), { abortSignal });
  const [job] = (await described.catch(() => undefined))?.jobs ?? [];
  const words = job?.statusReason;
  return { class: name, queue, jobId, since, ...(words && { words: faultCause(words) }) };
}

export const queueHeadLines = (heads: readonly QueueHead[]): string[] =>
  heads.map(({ class: name, queue, jobId, since, words }) => {
    const why = words === undefined ? '; Batch names no reason' : `: ${words}`;
    const next = words === undefined ? undefined : stepOf(adviceOn(words));
    const line = `${name}: the queue ${queue} is blocked at its head since ${instantText(since)} by job ${jobId}${why}`;
    return next === undefined ? line : `${line} → ${next}`;
  });
