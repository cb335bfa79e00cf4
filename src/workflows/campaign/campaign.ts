import { workflowInfo } from '@temporalio/workflow';
import { CampaignLoop } from './campaign-loop.ts';
import { MessageBuffer } from './message-buffer.ts';
import { restoreFromCarried, restoreFromS3, type CampaignInput } from './restore-state.ts';
import { longActivities } from '../activity-proxies.ts';
import { withFinalFailures } from '../final-failure.ts';

export interface PublishedCampaign {
  leaderboard: string;
  results: string;
}

/** One campaign: starts submissions, grants their runs, books the costs and publishes the results. */
export async function campaign(input: CampaignInput): Promise<PublishedCampaign> {
  // After a final failure, an operator fixes the cause and starts the campaign again.
  return withFinalFailures(() => runCampaign(input));
}

async function runCampaign({ campaign, carried }: CampaignInput): Promise<PublishedCampaign> {
  const messages = new MessageBuffer();
  // A retry of a failed run does not know what that one did with the carried state.
  const isFirst = workflowInfo().attempt === 1;
  const restored = await (carried && isFirst ? restoreFromCarried(campaign, carried) : restoreFromS3(campaign));
  const loop = new CampaignLoop(campaign, restored, messages);
  for (;;) {
    await loop.run();
    const published = await longActivities('main', 'leaderboard and results').publishResults({
      campaign,
      rest: restored.state.closing ?? null,
    });
    if (await loop.isOver()) return published;
  }
}
