import type { WorkflowClient } from '@temporalio/client';
import { HoldoutError } from '../errors.ts';
import { campaignOf } from '../ids.ts';
import type { FrozenReader } from '../ledger/frozen-reader.ts';

/**
 * Checks that this worker can read every running campaign: a newer Holdout may have started one. Throws CAMPAIGN_NEWER. Other
 * faults of a campaign are its own, and meet every worker.
 */
export async function checkCampaigns(
  workflows: Pick<WorkflowClient, 'list'>,
  frozen: Pick<FrozenReader, 'campaign'>,
): Promise<void> {
  const running = workflows.list({ query: `WorkflowType = 'campaign' AND ExecutionStatus = 'Running'` });
  for await (const { workflowId } of running) {
    const campaign = campaignOf(workflowId);
    if (campaign === undefined) continue;
    await frozen.campaign(campaign).catch((error: unknown) => {
      if (error instanceof HoldoutError && error.code === 'CAMPAIGN_NEWER') throw error;
    });
  }
}
