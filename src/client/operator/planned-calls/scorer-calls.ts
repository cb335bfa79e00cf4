import type { CheckedCampaign } from '../../../intake/checked-campaign.ts';
import { callsOn, type CallOfProgram, type PlannedUse } from './planned-call.ts';

/** Of the worker of the queue `score`: its checks at the start, then each score. */
export function scorerCalls(campaign: CheckedCampaign, { buckets, sealsPayloads }: PlannedUse): CallOfProgram[] {
  const { labels, inputs, runs, results } = buckets;
  const count = `at most ${campaign.submissions.length}`;
  const folder = `${results}/${campaign.campaign}/…`;
  return [
    ...callsOn([labels, inputs, runs, results].join(', '), { 's3:HeadBucket': '1 each per scorer' }),
    ...callsOn(`${results}/.codec-keys/…`, {
      's3:ListObjectsV2': '1 per scorer',
      ...(sealsPayloads && { 's3:GetObject': '1 per key and scorer' }),
    }),
    ...callsOn(`${results}/.sealed/…`, { 's3:ListObjectsV2': '1 per scorer' }),
    ...callsOn(`${folder} (campaign.json, results.json)`, {
      's3:GetObject': '1 per scorer',
      's3:HeadObject': '1 per scorer that starts meanwhile',
    }),
    ...callsOn(`${inputs} (index)`, { 's3:GetObject': '1 per set' }),
    ...callsOn(`${labels}, ${runs}/${campaign.campaign}/…/predictions.csv`, { 's3:GetObject': `${count} each` }),
    ...callsOn(`${folder} (scores)`, { 's3:PutObject': count }),
  ];
}
