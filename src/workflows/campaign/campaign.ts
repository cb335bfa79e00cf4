import { ActivityFailure, ApplicationFailure, isCancellation, workflowInfo } from '@temporalio/workflow';
import { CampaignLoop } from './campaign-loop.ts';
import { MessageBuffer } from './message-buffer.ts';
import { restoreFromCarried, restoreFromS3, type CampaignInput } from './restore-state.ts';
import { longActivities } from '../activity-proxies.ts';

export interface PublishedCampaign {
  leaderboard: string;
  results: string;
}

/** One campaign: starts submissions, decides who runs where, books what it costs, and publishes the results. */
export async function campaign(input: CampaignInput): Promise<PublishedCampaign> {
  try {
    return await conducted(input);
  } catch (error) {
    // What an activity gave up stays so until somebody has mended it and starts the campaign again.
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    throw ApplicationFailure.create({ message: causeOf(error), nonRetryable: true, cause: error });
  }
}

async function conducted({ campaign, carried }: CampaignInput): Promise<PublishedCampaign> {
  const inbox = new MessageBuffer();
  // A run that follows a failed one knows nothing of what that one did after it was carried over.
  const isFirst = workflowInfo().attempt === 1;
  const opening = await (carried && isFirst ? restoreFromCarried(campaign, carried) : restoreFromS3(campaign));
  const conductor = new CampaignLoop(campaign, opening, inbox);
  for (;;) {
    await conductor.run();
    const published = await longActivities('main', 'leaderboard and results').publishResults({
      campaign,
      rest: opening.state.closing ?? null,
    });
    if (await conductor.isOver()) return published;
  }
}

const causeOf = ({ activityType, cause }: ActivityFailure): string =>
  `${activityType} failed for good: ${cause?.message ?? 'nobody said why'}`;
