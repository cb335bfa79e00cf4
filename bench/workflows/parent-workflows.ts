/** The real campaign workflow with child workflows that only start and report. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import { campaignWorkflowId } from '../../src/ids.ts';
import { submissionFinishedSignal } from '../../src/workflows/signals-and-queries.ts';
import type { SubmissionInput } from '../../src/workflows/submission/submission-runs.ts';

export { campaign } from '../../src/workflows/campaign/campaign.ts';

export async function submission({ campaign, submission: name, sequence }: SubmissionInput): Promise<void> {
  await getExternalWorkflowHandle(campaignWorkflowId(campaign)).signal(submissionFinishedSignal, {
    submission: name,
    sequence,
    state: 'finished',
    costMicroUsd: 1,
  });
}
