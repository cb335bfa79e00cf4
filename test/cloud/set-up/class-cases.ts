import { classes } from './aws-account.ts';
import { deploy, join, type Case } from './case.ts';

const [first] = classes;
const definition = /^holdout: The job definition host-holdout-runner-g4dn-xlarge:\d+ of class g4dn\.xlarge /;

const ofQueues: Case[] = [
  ...classes.map(({ name, queue }): Case => ({
    what: `the queue ${queue}`,
    take: (setUp) => setUp.aws.takeQueue(queue),
    give: (setUp) => setUp.aws.giveQueue(queue),
    says: join('^holdout: The Batch queue ', queue, ' of class ', name, ' does not exist in us-east-1;'),
    who: 'administrator of the AWS account',
    next: deploy,
    ...(queue === first.queue && {
      doctor: { check: 'queue holdout-g4', names: /does not exist in us-east-1/ },
    }),
  })),
  {
    what: 'the queue’s service: it is disabled',
    take: (setUp) => setUp.aws.setQueue(first.queue, 'DISABLED'),
    give: (setUp) => setUp.aws.setQueue(first.queue, 'ENABLED'),
    says: /^holdout: The Batch queue holdout-g4 of class g4dn\.xlarge is DISABLED; Batch accepts no job for it;/,
    who: 'administrator of the AWS account',
    next: /aws batch update-job-queue --job-queue holdout-g4 --state ENABLED/,
    doctor: { check: 'queue holdout-g4', names: /is DISABLED; Batch accepts no job/ },
  },
  {
    what: 'the machines: the compute environment is disabled',
    take: (setUp) => setUp.aws.setEnvironment(first.queue, 'DISABLED'),
    give: (setUp) => setUp.aws.setEnvironment(first.queue, 'ENABLED'),
    says: /^holdout: The Batch queue holdout-g4 .* has the compute environment holdout-g4, which is DISABLED; no machine/,
    who: 'administrator of the AWS account',
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
    who: 'administrator of the AWS account',
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
    who: 'operator',
    next: /Use an instance type with as many GPUs as the class/,
  },
  {
    what: 'the queue in this region: it is in another one',
    edit: (yaml) => yaml.replace('queue: holdout-g4', 'queue: holdout-eu'),
    take: (setUp) => setUp.aws.makeQueueElsewhere('eu-west-1', 'holdout-eu'),
    says: /^holdout: The Batch queue holdout-eu of class g4dn\.xlarge does not exist in us-east-1;/,
    who: 'administrator of the AWS account',
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
    who: 'administrator of the AWS account',
    next: /without schedulingPolicyArn/,
  },
  {
    what: 'the whole machine: the class takes two vCPUs of four',
    edit: (yaml) => yaml.replace('vcpus: 4', 'vcpus: 2'),
    says: /^holdout: The Batch queue holdout-g4 .* takes 2 vCPUs of the 4 of g4dn\.xlarge, so that two jobs would share/,
    who: 'operator',
    next: /Set vcpus: 4/,
  },
  {
    what: 'room in memory: the class takes more than is registered',
    edit: (yaml) => yaml.replace('memoryMiB: 15000', 'memoryMiB: 16384'),
    says: /^holdout: The Batch queue holdout-g4 .* takes 16384 MiB of memory, but a job on g4dn\.xlarge gets at most/,
    who: 'operator',
    next: /Set memoryMiB: 15308/,
  },
];

const ofDefinitions: Case[] = [
  {
    what: 'the job definition',
    take: (setUp) => setUp.aws.takeDefinition(),
    give: (setUp) => setUp.aws.giveDefinitions(),
    says: /^holdout: The job definition host-holdout-runner-g4dn-xlarge of class g4dn\.xlarge does not exist;/,
    who: 'operator',
    next: deploy,
    doctor: {
      check: 'definition of g4dn.xlarge',
      names: /host-holdout-runner-g4dn-xlarge of class g4dn\.xlarge does not exist/,
    },
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
    who: 'operator',
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
    who: 'operator',
    next: deploy,
  },
  {
    what: 'the digest: HOLDOUT_RUNNER_IMAGE is a tag',
    env: { HOLDOUT_RUNNER_IMAGE: 'registry.example.org/runner:v1', HOLDOUT_JOB_ROLE: 'r', HOLDOUT_LOG_GROUP: 'g' },
    says: /^holdout: The image of the runner, "registry\.example\.org\/runner:v1", is not named by its digest/,
    who: 'operator',
    next: /@sha256:/,
  },
  {
    what: 'the role of the jobs',
    take: (setUp) => setUp.aws.takeRole(),
    give: (setUp) => setUp.aws.giveRole(),
    says: /^holdout: The role arn:aws:iam::123456789012:role\/host-holdout-runner, which the job definitions name, does not exist;/,
    who: 'administrator of the AWS account',
    next: deploy,
    doctor: { check: 'job role', names: /role\/host-holdout-runner.* does not exist/ },
  },
  {
    what: 'the runner image',
    take: (setUp) => setUp.aws.takeImage(),
    give: (setUp) => setUp.aws.giveImage(),
    says: /^holdout: The runner image 123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/host-holdout-runner@sha256:\w+ does not exist;/,
    who: 'operator',
    next: /Push it/,
    doctor: { check: 'runner image', names: /host-holdout-runner@sha256:\w+ does not exist/ },
  },
  {
    what: 'the image store',
    take: (setUp) => setUp.aws.takeStore(),
    give: (setUp) => setUp.aws.giveStore(),
    says: /^holdout: The image store docker:\/\/\S+host-holdout-submissions does not exist: ECR in us-east-1 has no repository/,
    who: 'administrator of the AWS account',
    next: /HOLDOUT_IMAGE_STORE/,
    doctor: { check: 'image store', names: /host-holdout-submissions does not exist/ },
  },
];

/** Queues, machines and job definitions of the classes, and what the definitions name. */
export const classCases: readonly Case[] = [...ofQueues, ...ofDefinitions];
