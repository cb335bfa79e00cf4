import type { CheckedCampaign } from '../../../intake/checked-campaign.ts';
import { callsOn, queuesOf, type CallOfProgram, type PlannedUse } from './planned-call.ts';

/** Of each `status` on the running campaign. */
export const statusCalls = (campaign: CheckedCampaign, { buckets }: PlannedUse): CallOfProgram[] => {
  const own = `${buckets.results}/${campaign.campaign}/…`;
  return [
    ...callsOn(buckets.results, { 's3:HeadBucket': '1' }),
    ...callsOn(own, { 's3:HeadObject': '1 or more', 's3:GetObject': '1 or more', 's3:ListObjectsV2': '1 or more' }),
    ...callsOn(queuesOf(campaign).join(', '), { 'batch:GetJobQueueSnapshot': '1 per class' }),
    ...callsOn('the job at the head of a queue', { 'batch:DescribeJobs': '1 per queue whose head waits a minute' }),
  ];
};
