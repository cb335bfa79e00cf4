/** Changed workflows, as on a worker after an update: the history of a campaign's first run does not match them. */
import { sleep, workflowInfo } from '@temporalio/workflow';
import { campaign as unchanged, type PublishedCampaign } from '../../src/workflows/campaign/campaign.ts';
import type { CampaignInput } from '../../src/workflows/campaign/restore-state.ts';

export { canary, submission } from '../../src/workflows/index.ts';

export async function campaign(input: CampaignInput): Promise<PublishedCampaign> {
  if (workflowInfo().attempt === 1) await sleep(1);
  return unchanged(input);
}
