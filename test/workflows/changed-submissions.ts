/** Changed submissions and canaries, as on a worker after an update: histories from before do not match them. */
import { sleep, workflowInfo } from '@temporalio/workflow';
import { canary as unchangedCanary, type CanaryInput } from '../../src/workflows/canary/canary.ts';
import { submission as unchanged } from '../../src/workflows/submission/submission.ts';
import type { SubmissionInput } from '../../src/workflows/submission/submission-runs.ts';

export { campaign } from '../../src/workflows/index.ts';

export async function submission(input: SubmissionInput): Promise<string> {
  if (workflowInfo().attempt === 1) await sleep(1);
  return unchanged(input);
}

export async function canary(input: CanaryInput): Promise<string> {
  await sleep(1);
  return unchangedCanary(input);
}
