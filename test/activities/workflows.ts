/** A submission that runs the given orders and then waits, and a workflow that calls one activity. */
import { CancellationScope, condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { RunOrder } from '../../src/activities/submit-batch-job.ts';
import type { Timings } from '../../src/timings.ts';
import { awaitActivities, submitActivities } from '../../src/workflows/activity-proxies.ts';

export interface StandIn {
  campaign: string;
  submission: string;
  sequence: number;
  orders?: RunOrder[];
  timings?: Timings;
  /** Does not end when it is cancelled. */
  deaf?: true;
}

export const endSignal = defineSignal('end');

export async function submission({ orders = [], timings, deaf }: StandIn): Promise<void> {
  let over = false;
  setHandler(endSignal, () => {
    over = true;
  });
  for (const order of orders) {
    if (timings === undefined) throw new RangeError('runs need timings');
    const job = await submitActivities('submit', timings).submitBatchJob(order);
    if (job.kind === 'abandoned' || job.kind === 'refused') continue;
    await awaitActivities('await', timings).awaitBatchJob({ ...order, jobId: job.jobId, giveUp: false });
  }
  const waiting = (): Promise<void> => condition(() => over);
  await (deaf ? CancellationScope.nonCancellable(waiting) : waiting());
}

export async function callOne(activity: string, input: unknown): Promise<unknown> {
  const activities = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '10 seconds',
    retry: { maximumAttempts: 1 },
  });
  return activities[activity]?.(input);
}
