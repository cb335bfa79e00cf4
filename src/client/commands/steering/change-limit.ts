import type { UpdateDefinition } from '@temporalio/common';
import type { Attribution } from '../../../campaign/operators/operator-commands.ts';
import type { Access } from '../../access.ts';
import { campaignFromS3, frozenCampaign } from '../../operator/campaign-from-s3.ts';
import { sendUpdateWithStart } from '../../operator/send-command.ts';
import { isCampaignRunning } from '../../operator/start-workflow.ts';
import type { Output } from '../../output.ts';
import { endedStatus, retryHint } from '../../status/ended-status.ts';

/**
 * Changes budget or deadline of a campaign, whether it runs or has ended. After its end nothing runs again by itself; a
 * hint names the command that retries the submissions that may benefit.
 */
export async function changeLimit<Message extends Attribution>(
  access: Access,
  campaign: string,
  update: UpdateDefinition<void, [Message]>,
  message: Message,
  output: Output,
): Promise<void> {
  const frozen = await frozenCampaign(access, campaign);
  const ended = (await isCampaignRunning(access, campaign))
    ? undefined
    : endedStatus(await campaignFromS3(access, campaign));
  await sendUpdateWithStart(access, frozen, update, message);
  const hint = ended && retryHint(ended);
  if (hint !== undefined) output.say(hint);
}
