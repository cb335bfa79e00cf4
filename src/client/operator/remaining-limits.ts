import type { Access } from '../access.ts';
import { queryProgress } from '../status/query-progress.ts';
import { endedStatus } from '../status/ended-status.ts';
import type { RemainingLimits } from './cost-estimate.ts';
import type { CampaignFromS3 } from './campaign-from-s3.ts';
import { isCampaignRunning } from './start-workflow.ts';

/** The remaining limits of a campaign, from its workflow if it runs, else from S3. */
export async function remainingLimits(access: Access, known: CampaignFromS3): Promise<RemainingLimits> {
  const { campaign } = known.frozen;
  if (await isCampaignRunning(access, campaign)) {
    const { money, deadline } = await queryProgress(access, campaign);
    return { left: money.budget - money.spent - money.reserved, budget: money.budget, deadline };
  }
  const { money, deadline } = endedStatus(known);
  return { left: money.budget - money.spent, budget: money.budget, deadline };
}
