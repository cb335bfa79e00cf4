import type { CheckedCampaign } from '../../../intake/checked-campaign.ts';
import { callsOn, isInEcr, runsOf, uploadsTo, type CallOfProgram, type PlannedUse } from './planned-call.ts';

/** Of the runners, which are the Batch jobs. */
export function runnerCalls(
  campaign: CheckedCampaign,
  { buckets, imageStore, inputFiles }: PlannedUse,
): CallOfProgram[] {
  const { least, most } = runsOf(campaign);
  const runs = `${least} to ${most}`;
  const folder = `${buckets.runs}/${campaign.campaign}/…`;
  const files = inputFiles.testSet ?? 'all';
  const pull = [
    ...callsOn('*', { 'ecr:GetAuthorizationToken': '1 per run whose host lacks the image' }),
    ...callsOn(imageStore, {
      'ecr:BatchGetImage': '1 or more per image and host',
      'ecr:GetDownloadUrlForLayer': '1 or more per layer and host',
    }),
  ];
  return [
    ...callsOn(`${folder} (spec.json)`, { 's3:GetObject': `${runs}, and 1 per canary` }),
    ...callsOn(`${buckets.inputs} (index and ${files} files)`, { 's3:GetObject': '1 per file and host' }),
    ...(isInEcr(imageStore) ? pull : []),
    ...callsOn(`${folder} (claim, log, outcome.json)`, { 's3:PutObject': '3 per run, 2 per canary' }),
    ...uploadsTo(`${folder} (predictions.csv)`, `at most ${most}`, '64 MiB'),
  ];
}
