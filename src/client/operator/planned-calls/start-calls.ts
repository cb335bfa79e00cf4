import type { CheckedCampaign } from '../../../intake/checked-campaign.ts';
import { callsOn, countInEcr, imagesAt, isInEcr, queuesOf, uploadsTo } from './planned-call.ts';
import type { CallOfProgram, PlannedUse } from './planned-call.ts';

/** Of `start`: its checks, the upload, and the report at the end of the campaign. */
export const startCalls = (campaign: CheckedCampaign, use: PlannedUse): CallOfProgram[] => [
  ...checks(campaign, use),
  ...uploads(campaign, use),
  ...imageUploads(campaign, use),
  ...records(campaign, use),
];

function checks(campaign: CheckedCampaign, { buckets, definitions, ...use }: PlannedUse): CallOfProgram[] {
  const { instanceClasses: classes } = campaign;
  const inEcr = isInEcr(use.imageStore);
  const account = callsOn('the account', { 'sts:GetCallerIdentity': '1' });
  const named = [
    ...callsOn('the role that the definitions name', { 'iam:GetRole': '1 per role' }),
    ...callsOn('the runner’s image', { 'ecr:DescribeImages': '1 per image in ECR' }),
  ];
  const store = [
    ...callsOn('*', { 'ecr:GetAuthorizationToken': '1' }),
    ...callsOn(use.imageStore, { 'ecr:DescribeImages': '1' }),
  ];
  return [
    ...(use.hasAccount ? account : []),
    ...callsOn(Object.values(buckets).join(', '), { 's3:HeadBucket': '1 each' }),
    ...(inEcr ? store : []),
    ...callsOn(queuesOf(campaign).join(', '), { 'batch:DescribeJobQueues': `${classes.length}` }),
    ...callsOn('the compute environments of the queues', { 'batch:DescribeComputeEnvironments': `${classes.length}` }),
    ...callsOn(`${definitions}-…`, {
      'batch:DescribeJobDefinitions': `${classes.length * (use.registers ? 2 : 1)}`,
      ...(use.registers && { 'batch:RegisterJobDefinition': `at most ${classes.length}` }),
    }),
    ...(use.hasAccount ? named : []),
  ];
}

function uploads(campaign: CheckedCampaign, { buckets, inputFiles }: PlannedUse): CallOfProgram[] {
  const inputs = `${buckets.inputs}/${campaign.campaign}/…`;
  const files = (inputFiles.testSet ?? 0) + (inputFiles.sampleSet ?? 0);
  const sets = campaign.sampleSet === undefined ? 1 : 2;
  const stored = [campaign.testSet, campaign.sampleSet].flatMap((set) => (set?.kind === 's3' ? set : []));
  const labels = `${buckets.labels}/${campaign.campaign}/…`;
  return [
    ...callsOn(inputs, { 's3:HeadObject': `${sets}` }),
    ...uploadsTo(inputs, `${files + sets}`, '5 MiB'),
    ...stored.flatMap(({ bucket, key }) =>
      callsOn(`${bucket}/${key}…`, { 's3:ListObjectsV2': '1 per 1,000 files', 's3:GetObject': '1 per file' }),
    ),
    ...(campaign.labels.kind === 's3'
      ? callsOn(`${campaign.labels.bucket}/${campaign.labels.key}`, { 's3:GetObject': '1' })
      : [...callsOn(labels, { 's3:ListObjectsV2': '1' }), ...uploadsTo(labels, '1', '5 MiB')]),
  ];
}

function imageUploads(campaign: CheckedCampaign, { buckets }: PlannedUse): CallOfProgram[] {
  const archives = imagesAt(campaign, 'archive');
  const stored = imagesAt(campaign, 's3');
  const inEcr = countInEcr(campaign);
  const images = `${buckets.images}/${campaign.campaign}/…`;
  const pinned = [
    ...callsOn('*', { 'ecr:GetAuthorizationToken': '1 per registry' }),
    ...callsOn('repositories of the submissions file', { 'ecr:BatchGetImage': `${inEcr} or more` }),
  ];
  return [
    ...(archives > 0 ? callsOn(images, { 's3:ListObjectsV2': `${archives}` }) : []),
    ...(archives > 0 ? uploadsTo(images, `at most ${archives}`, '5 MiB') : []),
    ...(stored > 0 ? callsOn('archives of the submissions file', { 's3:GetObject': `${stored}` }) : []),
    ...(inEcr > 0 ? pinned : []),
  ];
}

function records({ campaign }: CheckedCampaign, { buckets, sealsPayloads }: PlannedUse): CallOfProgram[] {
  const { results } = buckets;
  const own = `${results}/${campaign}/…`;
  return [
    ...callsOn(`${results}/.codec-keys/…`, {
      's3:ListObjectsV2': '1',
      ...(sealsPayloads && { 's3:GetObject': '1 per key', 's3:PutObject': 'at most 1' }),
    }),
    ...callsOn(`${results}/.sealed/${campaign}`, { 's3:PutObject': '1' }),
    ...callsOn(`${own} (campaign.json, manifest.json)`, { 's3:GetObject': '2', 's3:PutObject': '2' }),
    ...callsOn(`${own} (results and records, for the report)`, {
      's3:ListObjectsV2': '1 per 1,000 records',
      's3:HeadObject': '1 or more',
      's3:GetObject': '1 per record',
    }),
  ];
}
