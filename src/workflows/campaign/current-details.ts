import { setCurrentDetails } from '@temporalio/workflow';
import { campaignDetails } from '../../campaign/explanation/campaign-details.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';

/** Shows a campaign on its page in the Web UI. */
export const showCampaign = (progress: CampaignProgress): void => setCurrentDetails(campaignDetails(progress));
