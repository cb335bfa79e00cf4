import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { campaignWorkflowId, taskQueues } from '../../ids.ts';
import { retryAfterNondeterminism } from '../../workflows/nondeterminism.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { Access } from '../access.ts';

/** Start options of a campaign's workflow, the same for its first run and after its end; `sealed`: its payloads are. */
export const campaignStart = ({ campaign, manifest }: FrozenCampaign, sealed: boolean) => ({
  workflowId: campaignWorkflowId(campaign),
  taskQueue: taskQueues.main,
  args: [{ campaign, ...(sealed && { sealed }) }],
  retry: retryAfterNondeterminism,
  staticSummary: `${campaign}: ${manifest.submissions} submissions of ${manifest.teams} teams`,
  typedSearchAttributes: [{ key: searchAttributes.campaign, value: campaign }],
});

/** Does nothing if the workflow is already running. */
export async function startWorkflow({ temporal, keys }: Access, frozen: FrozenCampaign): Promise<void> {
  try {
    await temporal.workflow.start('campaign', campaignStart(frozen, keys !== undefined));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Whether a campaign's workflow is running: neither ended nor terminated nor deleted by Temporal. */
export async function isCampaignRunning({ temporal }: Access, campaign: string): Promise<boolean> {
  try {
    const { status } = await temporal.workflow.getHandle(campaignWorkflowId(campaign)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
