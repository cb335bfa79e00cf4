import type { CheckedCampaign, ImageLocation } from '../../intake/checked-campaign.ts';
import { dollars } from '../../campaign/model/money.ts';
import { worstCanaryMicroUsd } from '../../campaign/model/canaries/canary-limits.ts';
import type { Buckets } from '../../settings.ts';

/** A row of `start --dry-run`: who calls what on which resource, and how often. */
export interface PlannedCall {
  by: 'start' | 'worker' | 'runner' | 'scorer';
  call: string;
  resource: string;
  count: string;
}

/** What the counts depend on beside the campaign file. */
export interface PlannedUse {
  buckets: Buckets;
  /** Prefix of the job definitions. */
  definitions: string;
  /** Whether the start registers job definitions (HOLDOUT_RUNNER_IMAGE). */
  registers: boolean;
  imageStore: string;
  /** Files of the test set and of the sample set on this machine; undefined for one that is in S3 already. */
  inputFiles: { testSet: number | undefined; sampleSet: number | undefined };
}

/** Every AWS call that a campaign makes if nothing is there yet and nothing fails; reads that only follow others are summed up. */
export function plannedCalls(campaign: CheckedCampaign, use: PlannedUse): PlannedCall[] {
  return [
    ...startCalls(campaign, use),
    ...workerCalls(campaign, use),
    ...runnerCalls(campaign, use),
    ...scorerCalls(campaign, use),
  ];
}

function startCalls(campaign: CheckedCampaign, use: PlannedUse): PlannedCall[] {
  const { buckets, definitions, registers, inputFiles } = use;
  const { instanceClasses: classes } = campaign;
  const by = 'start';
  const files = (inputFiles.testSet ?? 0) + (inputFiles.sampleSet ?? 0);
  const indexes = campaign.sampleSet === undefined ? 1 : 2;
  const calls: PlannedCall[] = [
    { by, call: 's3:HeadBucket', resource: Object.values(buckets).join(', '), count: '1 each' },
    { by, call: 'batch:DescribeJobQueues', resource: classes.map(({ queue }) => queue).join(', '), count: '1 each' },
    { by, call: 'batch:DescribeComputeEnvironments', resource: 'those of the queues', count: '1 per queue' },
    { by, call: 'batch:DescribeJobDefinitions', resource: `${definitions}-…`, count: '1 per class' },
    { by, call: 's3:PutObject', resource: `${buckets.inputs}/${campaign.campaign}/…`, count: `${files + indexes}` },
  ];
  if (registers) {
    const count = `at most ${classes.length}`;
    calls.push({ by, call: 'batch:RegisterJobDefinition', resource: `${definitions}-…`, count });
  }
  if (campaign.labels.kind === 'local') {
    calls.push({ by, call: 's3:PutObject', resource: `${buckets.labels}/${campaign.campaign}/…`, count: '1' });
  }
  const archives = countOf(campaign, 'archive');
  if (archives > 0) {
    const resource = `${buckets.images}/${campaign.campaign}/…`;
    calls.push({ by, call: 's3:PutObject (in parts over 64 MiB)', resource, count: `at most ${archives}` });
  }
  const own = 'campaign.json, manifest.json, work list';
  return [
    ...calls,
    { by, call: 's3:PutObject', resource: `${buckets.results}/${campaign.campaign}/… (${own})`, count: '3' },
    { by, call: 's3:PutObject', resource: `${buckets.results}/.sealed/${campaign.campaign}`, count: '1' },
  ];
}

function workerCalls(campaign: CheckedCampaign, { buckets, definitions, imageStore }: PlannedUse): PlannedCall[] {
  const by: PlannedCall['by'] = 'worker';
  const submissions = campaign.submissions.length;
  const { least, most } = runsOf(campaign);
  const runs = `${least} to ${most}`;
  const archives = countOf(campaign, 'archive') + countOf(campaign, 's3');
  const { instanceClasses: classes } = campaign;
  const canaries = `at most 1 per class, ${dollars(classes.reduce((sum, one) => sum + worstCanaryMicroUsd(one), 0))} in all if none is repeated`;
  const queues = [...new Set(campaign.instanceClasses.map(({ queue }) => queue))].join(', ');
  const calls: PlannedCall[] = [
    { by, call: 's3:PutObject', resource: `${buckets.runs}/${campaign.campaign}/…/spec.json`, count: runs },
    { by, call: 'batch:ListJobs', resource: queues, count: `${least} or more; not above 50 calls/s` },
    { by, call: 'batch:SubmitJob', resource: `${queues}; ${definitions}-…`, count: runs },
    { by, call: 'batch:SubmitJob (canaries)', resource: `${queues}; ${definitions}-…`, count: canaries },
    { by, call: 'batch:DescribeJobs', resource: 'all running jobs', count: '1 per 15 s and 100 jobs' },
    { by, call: 's3:GetObject', resource: `${buckets.runs}/${campaign.campaign}/…/outcome.json`, count: runs },
    ...[
      { resource: '… (ledger)', count: `${submissions}` },
      { resource: '… (leaderboard, results)', count: '2' },
      { resource: 'canaries/…', count: '1 per canary' },
    ].map(({ resource, count }) => ({
      by,
      call: 's3:PutObject',
      resource: `${buckets.results}/${campaign.campaign}/${resource}`,
      count,
    })),
  ];
  if (archives > 0) calls.unshift({ by, call: 's3:GetObject', resource: `${buckets.images}/…`, count: `${archives}` });
  if (imageStore.includes('.dkr.')) {
    calls.push(
      { by, call: 'ecr:GetAuthorizationToken', resource: '*', count: '1 per 6 h' },
      { by, call: 'ecr:PutImage, layer uploads', resource: imageStore, count: `${submissions} images` },
    );
  }
  return calls;
}

function runnerCalls(campaign: CheckedCampaign, { buckets, imageStore, inputFiles }: PlannedUse): PlannedCall[] {
  const by = 'runner';
  const { least, most } = runsOf(campaign);
  const files = inputFiles.testSet ?? 'all';
  const objects = 'claim, log, predictions, outcome';
  return [
    {
      by,
      call: 's3:GetObject',
      resource: `${buckets.inputs} (${files} files per evaluation)`,
      count: `${least} to ${most} runs`,
    },
    {
      by,
      call: 's3:PutObject',
      resource: `${buckets.runs}/${campaign.campaign}/… (${objects})`,
      count: `at most 4 per run`,
    },
    { by, call: 'image pull by digest', resource: imageStore || 'the image store', count: '1 per run and host' },
  ];
}

function scorerCalls({ campaign, submissions }: CheckedCampaign, { buckets }: PlannedUse): PlannedCall[] {
  const by = 'scorer';
  const count = `at most ${submissions.length}`;
  return [
    {
      by,
      call: 's3:GetObject',
      resource: `${buckets.labels}, ${buckets.runs}/${campaign}/…/predictions.csv`,
      count: `${count} each`,
    },
    { by, call: 's3:PutObject', resource: `${buckets.results}/${campaign}/…/scores/…`, count },
  ];
}

/** Fewest: a probe, if there is a sample set, and one evaluation each. Most: also every retry that the limits allow. */
function runsOf({ submissions, sampleSet, limits }: CheckedCampaign): { least: number; most: number } {
  const probes = sampleSet === undefined ? 0 : 1;
  const { attempts, platformRuns } = limits;
  return {
    least: submissions.length * (probes + 1),
    most: submissions.length * (probes + attempts + platformRuns),
  };
}

const countOf = ({ submissions }: CheckedCampaign, kind: ImageLocation['kind']): number =>
  submissions.filter(({ image }) => image.kind === kind).length;
