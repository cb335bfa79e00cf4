/** Workflows for the two activities, with the options of the submission workflow. */
import { CancellationScope } from '@temporalio/workflow';
import type { AwaitOrder } from '../../src/activities/await-batch-job.ts';
import type { RunOrder } from '../../src/activities/submit-batch-job.ts';
import type { Submitted } from '../../src/batch/submit-once.ts';
import type { Timings } from '../../src/timings.ts';
import { awaitActivities, submitActivities } from '../../src/workflows/activity-proxies.ts';
import type { RunEnd } from '../../src/activities/run-end.ts';

export { canary } from '../../src/workflows/canary/canary.ts';

export const submitRun = (order: RunOrder, timings: Timings): Promise<Submitted> =>
  submitActivities('submit', timings).submitBatchJob(order);

/** Like a submission, returns the result of a cancelled run. */
export async function awaitRun(order: AwaitOrder, timings: Timings): Promise<RunEnd> {
  const outer = CancellationScope.current();
  return CancellationScope.nonCancellable(() => {
    const inner = new CancellationScope();
    outer.cancelRequested.catch(() => inner.cancel());
    return inner.run(() => awaitActivities('await', timings).awaitBatchJob(order));
  });
}
