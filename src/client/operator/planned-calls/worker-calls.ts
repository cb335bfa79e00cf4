import type { CheckedCampaign } from '../../../intake/checked-campaign.ts';
import { dollars } from '../../../campaign/model/money.ts';
import { worstCanaryMicroUsd } from '../../../campaign/model/canaries/canary-limits.ts';
import { callsOn, countInEcr, imagesAt, isInEcr, queuesOf, runsOf } from './planned-call.ts';
import type { CallOfProgram, PlannedUse } from './planned-call.ts';

/** Of the workers of the queues main, images, submit and await: their checks at the start, then the campaign. */
export const workerCalls = (campaign: CheckedCampaign, use: PlannedUse): CallOfProgram[] => [
  ...checks(use),
  ...images(campaign, use),
  ...jobs(campaign, use),
  ...runFiles(campaign, use),
  ...records(campaign, use),
];

function checks({ buckets, definitions }: PlannedUse): CallOfProgram[] {
  return [
    ...callsOn([buckets.images, buckets.runs, buckets.results].join(', '), { 's3:HeadBucket': '1 each per worker' }),
    ...callsOn('any queue', { 'batch:DescribeJobQueues': '1 per worker' }),
    ...callsOn(`any definition; ${definitions}-…`, {
      'batch:DescribeJobDefinitions': '1 per worker; then, while it submits, 1 per minute and class',
    }),
  ];
}

function images(campaign: CheckedCampaign, { buckets, imageStore, imageScan }: PlannedUse): CallOfProgram[] {
  const archives = imagesAt(campaign, 'archive') + imagesAt(campaign, 's3');
  const inEcr = countInEcr(campaign);
  const count = `${campaign.submissions.length}`;
  const store = [
    ...callsOn('*', { 'ecr:GetAuthorizationToken': '1 per worker, then 1 per 6 h' }),
    ...callsOn(imageStore, {
      'ecr:DescribeImages': '1 per worker',
      'ecr:BatchGetImage': '2 or more per image',
      'ecr:BatchCheckLayerAvailability': '1 or more per layer',
      'ecr:InitiateLayerUpload': 'at most 1 per layer and configuration',
      'ecr:UploadLayerPart': '1 or more per layer that is new',
      'ecr:CompleteLayerUpload': '1 per layer that is new',
      'ecr:PutImage': count,
      ...(imageScan !== 'off' && { 'ecr:DescribeImageScanFindings': '1 per image and 5 s of its scan' }),
    }),
  ];
  return [
    ...(archives > 0 ? callsOn(`${buckets.images}/…`, { 's3:GetObject': `${archives}` }) : []),
    ...(inEcr > 0
      ? callsOn('repositories of the submissions file', {
          'ecr:BatchGetImage': `${inEcr} or more`,
          'ecr:GetDownloadUrlForLayer': '1 per layer and configuration',
        })
      : []),
    ...(isInEcr(imageStore) ? store : []),
  ];
}

function jobs(campaign: CheckedCampaign, { definitions }: PlannedUse): CallOfProgram[] {
  const { least, most } = runsOf(campaign);
  const { instanceClasses: classes } = campaign;
  const queues = queuesOf(campaign).join(', ');
  const worst = dollars(classes.reduce((sum, one) => sum + worstCanaryMicroUsd(one), 0));
  const submits = `${queues}; ${definitions}-…`;
  return [
    ...callsOn(queues, { 'batch:ListJobs': `${least} or more; with all other calls of Batch not above 50 per second` }),
    ...callsOn(submits, { 'batch:SubmitJob': `${least} to ${most}` }),
    ...callsOn(`${submits} (canaries)`, {
      'batch:SubmitJob': `at most 1 per class, ${worst} in all if none is repeated`,
    }),
    ...callsOn('running jobs', {
      'batch:DescribeJobs': '1 per 15 s and 100 jobs',
      'batch:TerminateJob': 'only if an operator ends a run: 1',
      'batch:TerminateJobs': 'only if an operator ends several runs: 1 per 50',
    }),
  ];
}

function runFiles(campaign: CheckedCampaign, { buckets }: PlannedUse): CallOfProgram[] {
  const { least, most } = runsOf(campaign);
  const folder = `${buckets.runs}/${campaign.campaign}/…`;
  return [
    ...callsOn(`${folder} (spec.json)`, { 's3:PutObject': `${least} to ${most}, and 1 per canary` }),
    ...callsOn(`${folder} (claim, outcome.json)`, { 's3:GetObject': `${least * 2} or more` }),
    ...callsOn(folder, {
      's3:ListObjectsV2': '1 or more per submission',
      's3:HeadObject': 'only for a run without an outcome: 1 or more',
    }),
  ];
}

function records({ campaign, submissions }: CheckedCampaign, use: PlannedUse): CallOfProgram[] {
  const { results } = use.buckets;
  const folder = `${results}/${campaign}/…`;
  const count = `${submissions.length}`;
  return [
    ...callsOn(`${results}/.codec-keys/…`, {
      's3:ListObjectsV2': '1 per worker',
      ...(use.sealsPayloads && { 's3:GetObject': '1 per key and worker' }),
    }),
    ...callsOn(`${folder} (campaign.json, manifest.json, work lists, records)`, {
      's3:ListObjectsV2': `${submissions.length} or more`,
      's3:HeadObject': '2 per record of a submission; 1 if an operator adds rounds',
      's3:GetObject': `${submissions.length} or more`,
    }),
    ...callsOn(`${folder} (work list)`, { 's3:PutObject': '1' }),
    ...callsOn(`${folder} (ledger)`, { 's3:PutObject': count }),
    ...callsOn(`${folder} (base images)`, { 's3:PutObject': `at most ${count}` }),
    ...callsOn(`${folder} (canaries)`, { 's3:PutObject': '1 per canary' }),
    ...callsOn(`${folder} (acts)`, { 's3:PutObject': '1 per command of an operator' }),
    ...callsOn(`${folder} (leaderboard.csv, results.json, heads.json)`, { 's3:PutObject': '3 per publication' }),
  ];
}
