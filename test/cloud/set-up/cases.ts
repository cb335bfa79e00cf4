import { classes } from './aws-account.ts';
import { buckets, type SetUp } from './set-up.ts';

/** One thing that a set-up lacks, and what the first two lines of the command say about it. */
export interface Case {
  /** What is taken away. */
  what: string;
  take?: (setUp: SetUp) => Promise<void>;
  /** Puts it back. */
  give?: (setUp: SetUp) => Promise<void>;
  /** Changes to the environment. */
  env?: NodeJS.ProcessEnv;
  /** What libfaketime makes of the clock of the command's machine: `+10m`. */
  clock?: string;
  /** Changes to the campaign file. */
  edit?: (yaml: string) => string;
  /** Default: `start` of the campaign file. */
  command?: { program: 'client' | 'worker'; args: string[] };
  /** Default: 2. A campaign that runs is the platform's business: its workers are to come back. */
  status?: number;
  says: RegExp;
  next: RegExp;
}

const deploy = /npm --prefix infra run deploy/;
const [first] = classes;
const definition = /^holdout: The job definition host-holdout-runner-g4dn-xlarge:\d+ of class g4dn\.xlarge /;
const join = (...patterns: (RegExp | string)[]): RegExp =>
  new RegExp(patterns.map((part) => (typeof part === 'string' ? part : part.source)).join(''));

const account: Case[] = [
  {
    what: 'the region',
    env: { AWS_REGION: undefined },
    says: /^holdout: No AWS region is set; nothing was uploaded or started\.$/,
    next: /export AWS_REGION=/,
  },
  {
    what: 'all credentials',
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    says: /^holdout: No AWS credentials were found \(.*\); nothing was uploaded or started\.$/,
    next: /aws sso login/,
  },
  {
    what: 'the key: another one is set',
    env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
    says: /^holdout: The AWS key AKIAIOSFODNN7EXAMPLE is not known/,
    next: /aws sts get-caller-identity/,
  },
  {
    what: 'the secret: another one is set',
    env: { AWS_SECRET_ACCESS_KEY: 'guessed' },
    says: /^holdout: The AWS key 123456789012 does not fit its secret \(bucket host-holdout-inputs\)/,
    next: /AWS_SECRET_ACCESS_KEY/,
  },
  {
    what: 'the account: the buckets are to be of another one',
    env: { HOLDOUT_BUCKET_OWNER: '999999999999' },
    says: /^holdout: The AWS key 123456789012 belongs to account 123456789012, HOLDOUT_BUCKET_OWNER is 999999999999/,
    next: /HOLDOUT_BUCKET_OWNER/,
  },
  {
    what: 'the region of the buckets: another one is set',
    env: { AWS_REGION: 'eu-west-1' },
    says: /^holdout: The bucket host-holdout-inputs is in us-east-1, but AWS_REGION is eu-west-1; queues and buckets have to be in one region;/,
    next: /AWS_REGION/,
  },
  ...(['+10m', '-10m'] as const).map((clock): Case => ({
    what: `the right time: the clock is off by ${clock}`,
    clock,
    says: join(
      '^holdout: The clock of this machine is (599|60[0-9])(\\.\\d)? s ',
      clock === '+10m' ? 'ahead of' : 'behind',
      ' that of AWS, which refuses requests signed more than 300 s off; nothing was uploaded or started\\.$',
    ),
    next: /timedatectl set-ntp true/,
  })),
  {
    what: 'the bucket prefix',
    env: { HOLDOUT_BUCKET_PREFIX: '', AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_S3: undefined },
    says: /^holdout: HOLDOUT_BUCKET_PREFIX is empty/,
    next: /Set HOLDOUT_BUCKET_PREFIX/,
  },
];

const ofBuckets: Case[] = (Object.keys(buckets) as (keyof typeof buckets)[]).map((bucket) => ({
  what: `the bucket of ${bucket}`,
  take: (setUp) => setUp.takeBucket(bucket),
  give: (setUp) => setUp.giveBucket(bucket),
  says: join('^holdout: The bucket ', buckets[bucket], ' does not exist; nothing was uploaded or started\\.$'),
  next: /HOLDOUT_BUCKET_PREFIX/,
}));

/** Each way of a bucket to belong to somebody else. */
const ofForeignBuckets: Case[] = [
  {
    what: 'a bucket of our own: another account has its name',
    take: (setUp) => setUp.giveBucketAway('labels'),
    give: (setUp) => setUp.giveBucketBack('labels'),
    says: /^holdout: The bucket host-holdout-labels denies access to the key 123456789012 or does not belong to account 123456789012;/,
    next: /HOLDOUT_BUCKET_OWNER/,
  },
];

const ofTemporal: Case[] = [
  {
    what: 'the namespace',
    env: { TEMPORAL_NAMESPACE: 'absent' },
    says: /^holdout: Temporal has no namespace absent; nothing was uploaded or started\.$/,
    next: /Set TEMPORAL_NAMESPACE/,
  },
  {
    what: 'the search attributes',
    env: { TEMPORAL_NAMESPACE: 'no-attributes' },
    says: /^holdout: Temporal’s namespace no-attributes lacks the search attributes HoldoutCampaign, .*HoldoutCostUsd;/,
    next: /Create them/,
  },
  {
    what: 'every worker',
    env: { TEMPORAL_NAMESPACE: 'no-worker' },
    says: /^holdout: No worker polls holdout-main, holdout-images, holdout-submit, holdout-await, holdout-score;/,
    next: /npm run worker -- --queues main,images,submit,await,score/,
  },
  {
    what: 'the scorer',
    env: { TEMPORAL_NAMESPACE: 'no-scorer' },
    says: /^holdout: No worker polls holdout-score; nothing was uploaded or started\.$/,
    next: /npm run worker -- --queues score/,
  },
];

const ofQueues: Case[] = [
  ...classes.map(({ name, queue }): Case => ({
    what: `the queue ${queue}`,
    take: (setUp) => setUp.aws.takeQueue(queue),
    give: (setUp) => setUp.aws.giveQueue(queue),
    says: join('^holdout: The Batch queue ', queue, ' of class ', name, ' does not exist in us-east-1;'),
    next: deploy,
  })),
  {
    what: 'the queue’s service: it is disabled',
    take: (setUp) => setUp.aws.setQueue(first.queue, 'DISABLED'),
    give: (setUp) => setUp.aws.setQueue(first.queue, 'ENABLED'),
    says: /^holdout: The Batch queue holdout-g4 of class g4dn\.xlarge is DISABLED; Batch accepts no job for it;/,
    next: /aws batch update-job-queue --job-queue holdout-g4 --state ENABLED/,
  },
  {
    what: 'the machines: the compute environment is disabled',
    take: (setUp) => setUp.aws.setEnvironment(first.queue, 'DISABLED'),
    give: (setUp) => setUp.aws.setEnvironment(first.queue, 'ENABLED'),
    says: /^holdout: The Batch queue holdout-g4 .* has the compute environment holdout-g4, which is DISABLED; no machine/,
    next: /aws batch update-compute-environment --compute-environment holdout-g4 --state ENABLED/,
  },
  {
    what: 'the right machines: the queue has another class’s type',
    take: async (setUp) => {
      await setUp.aws.takeQueue(first.queue);
      await setUp.aws.makeEnvironment(first.queue, ['g4dn.2xlarge'], '-other');
      await setUp.aws.giveQueue(first.queue, { suffix: '-other' });
    },
    give: (setUp) => setUp.aws.takeQueue(first.queue).then(() => setUp.aws.giveQueue(first.queue)),
    says: /^holdout: The Batch queue holdout-g4 .* environment holdout-g4-other with g4dn\.2xlarge instead of g4dn\.xlarge alone;/,
    next: /instanceTypes=g4dn\.xlarge/,
  },
  {
    what: 'a machine of one GPU: the type has four',
    take: async (setUp) => {
      await setUp.aws.takeQueue(first.queue);
      await setUp.aws.makeEnvironment(first.queue, ['g5.12xlarge'], '-many');
      await setUp.aws.giveQueue(first.queue, { suffix: '-many' });
    },
    give: (setUp) => setUp.aws.takeQueue(first.queue).then(() => setUp.aws.giveQueue(first.queue)),
    // A class that is named after its type is told about the type first.
    edit: (yaml) => yaml.replace('name: g4dn.xlarge', 'name: gpu'),
    says: /^holdout: The Batch queue holdout-g4 of class gpu takes 1 GPU, but g5\.12xlarge has 4; a run is valid only if every GPU/,
    next: /Use an instance type with as many GPUs as the class/,
  },
  {
    what: 'the queue in this region: it is in another one',
    edit: (yaml) => yaml.replace('queue: holdout-g4', 'queue: holdout-eu'),
    take: (setUp) => setUp.aws.makeQueueElsewhere('eu-west-1', 'holdout-eu'),
    says: /^holdout: The Batch queue holdout-eu of class g4dn\.xlarge does not exist in us-east-1;/,
    next: /or correct AWS_REGION/,
  },
  {
    what: 'the order of the campaign: the queue has a fair-share policy',
    take: async (setUp) => {
      await setUp.aws.takeQueue(first.queue);
      await setUp.aws.giveQueue(first.queue, { fairShare: true });
    },
    give: (setUp) => setUp.aws.takeQueue(first.queue).then(() => setUp.aws.giveQueue(first.queue)),
    says: /^holdout: The Batch queue holdout-g4 .* has a fair-share policy/,
    next: /without schedulingPolicyArn/,
  },
  {
    what: 'the whole machine: the class takes two vCPUs of four',
    edit: (yaml) => yaml.replace('vcpus: 4', 'vcpus: 2'),
    says: /^holdout: The Batch queue holdout-g4 .* takes 2 vCPUs of the 4 of g4dn\.xlarge, so that two jobs would share/,
    next: /Set vcpus: 4/,
  },
  {
    what: 'room in memory: the class takes more than is registered',
    edit: (yaml) => yaml.replace('memoryMiB: 15000', 'memoryMiB: 16384'),
    says: /^holdout: The Batch queue holdout-g4 .* takes 16384 MiB of memory, but a job on g4dn\.xlarge gets at most/,
    next: /Set memoryMiB: 15308/,
  },
];

const ofDefinitions: Case[] = [
  {
    what: 'the job definition',
    take: (setUp) => setUp.aws.takeDefinition(),
    give: (setUp) => setUp.aws.giveDefinitions(),
    says: /^holdout: The job definition host-holdout-runner-g4dn-xlarge of class g4dn\.xlarge does not exist;/,
    next: deploy,
  },
  {
    what: 'our job definition: somebody made it privileged',
    take: (setUp) =>
      setUp.aws.changeDefinition((made) => ({
        ...made,
        containerProperties: { ...made.containerProperties, privileged: true },
      })),
    give: (setUp) => setUp.aws.giveDefinitions(),
    says: join(definition, 'was changed by hand: its privileged'),
    next: deploy,
  },
  {
    what: 'the digest: the definition names a tag',
    take: (setUp) =>
      setUp.aws.changeDefinition((made) => ({
        ...made,
        containerProperties: { ...made.containerProperties, image: 'registry.example.org/runner:latest' },
      })),
    give: (setUp) => setUp.aws.giveDefinitions(),
    says: join(definition, 'has the image registry\\.example\\.org/runner:latest by tag'),
    next: deploy,
  },
  {
    what: 'the digest: HOLDOUT_RUNNER_IMAGE is a tag',
    env: { HOLDOUT_RUNNER_IMAGE: 'registry.example.org/runner:v1', HOLDOUT_JOB_ROLE: 'r', HOLDOUT_LOG_GROUP: 'g' },
    says: /^holdout: The image of the runner, "registry\.example\.org\/runner:v1", is not named by its digest/,
    next: /@sha256:/,
  },
  {
    what: 'the role of the jobs',
    take: (setUp) => setUp.aws.takeRole(),
    give: (setUp) => setUp.aws.giveRole(),
    says: /^holdout: The role arn:aws:iam::123456789012:role\/host-holdout-runner, which the job definitions name, does not exist;/,
    next: deploy,
  },
  {
    what: 'the runner image',
    take: (setUp) => setUp.aws.takeImage(),
    give: (setUp) => setUp.aws.giveImage(),
    says: /^holdout: The runner image 123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/host-holdout-runner@sha256:\w+ does not exist;/,
    next: /Push it/,
  },
  {
    what: 'the image store',
    take: (setUp) => setUp.aws.takeStore(),
    give: (setUp) => setUp.aws.giveStore(),
    says: /^holdout: The image store docker:\/\/\S+host-holdout-submissions does not exist: ECR in us-east-1 has no repository/,
    next: /HOLDOUT_IMAGE_STORE/,
  },
];

/** Of a worker, which takes no tasks then. */
const ofWorkers: Case[] = [
  {
    what: 'the region of a worker',
    command: { program: 'worker', args: [] },
    env: { AWS_REGION: undefined },
    says: /^holdout: No AWS region is set; this worker takes no tasks\.$/,
    next: /export AWS_REGION=/,
  },
  {
    what: 'the credentials of a worker',
    command: { program: 'worker', args: [] },
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    says: /^holdout: No AWS credentials were found \(.*\); this worker takes no tasks\.$/,
    next: /aws sso login/,
  },
  {
    what: 'the image store of a worker',
    command: { program: 'worker', args: ['--queues', 'images'] },
    env: { HOLDOUT_IMAGE_STORE: undefined },
    says: /^holdout: This worker lacks an image store for the queue images; it takes no tasks\.$/,
    next: /HOLDOUT_IMAGE_STORE=docker:/,
  },
  {
    what: 'the repository of a worker’s image store',
    command: { program: 'worker', args: ['--queues', 'images'] },
    take: (setUp) => setUp.aws.takeStore(),
    give: (setUp) => setUp.aws.giveStore(),
    says: /^holdout: The image store \S+ does not exist: .*; this worker takes no tasks\.$/,
    next: deploy,
  },
  {
    what: 'the labels of a scorer',
    command: { program: 'worker', args: ['--queues', 'score'] },
    take: (setUp) => setUp.takeBucket('labels'),
    give: (setUp) => setUp.giveBucket('labels'),
    says: /^holdout: The bucket host-holdout-labels does not exist; this worker takes no tasks\.$/,
    next: /HOLDOUT_BUCKET_PREFIX/,
  },
];

/** Of a command on a campaign. */
const ofCommands: Case[] = [
  {
    what: 'the secret of `status`: another one is set',
    command: { program: 'client', args: ['status', 'final'] },
    env: { AWS_SECRET_ACCESS_KEY: 'guessed' },
    says: /^holdout: The AWS key 123456789012 does not fit its secret \(bucket host-holdout-results\); nothing was changed\.$/,
    next: /AWS_SECRET_ACCESS_KEY/,
  },
  {
    what: 'the worker of a campaign that runs, `status`',
    command: { program: 'client', args: ['status', 'final'] },
    env: { TEMPORAL_NAMESPACE: 'no-worker' },
    take: (setUp) => setUp.startWithoutWorker(),
    give: (setUp) => setUp.forget(),
    status: 1,
    says: /^holdout: No worker polls holdout-main, so campaign final does not respond\./,
    next: /npm run worker/,
  },
  {
    what: 'the bucket of `pause`',
    command: { program: 'client', args: ['pause', 'final', '--why', 'test'] },
    take: (setUp) => setUp.takeBucket('results'),
    give: (setUp) => setUp.giveBucket('results'),
    says: /^holdout: The bucket host-holdout-results does not exist; nothing was changed\.$/,
    next: /HOLDOUT_BUCKET_PREFIX/,
  },
];

export const cases: readonly Case[] = [
  ...account,
  ...ofBuckets,
  ...ofForeignBuckets,
  ...ofTemporal,
  ...ofQueues,
  ...ofDefinitions,
  ...ofWorkers,
  ...ofCommands,
];
