import { accountCases } from './account-cases.ts';
import { deploy, type Case } from './case.ts';
import { classCases } from './class-cases.ts';

/** Of a worker, which takes no tasks then. */
const ofWorkers: Case[] = [
  {
    what: 'the region of a worker',
    command: { program: 'worker', args: [] },
    env: { AWS_REGION: undefined },
    says: /^holdout: No AWS region is set; this worker takes no tasks\. /,
    who: 'operator',
    next: /export AWS_REGION=/,
  },
  {
    what: 'the credentials of a worker',
    command: { program: 'worker', args: [] },
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    says: /^holdout: No AWS credentials were found \(.*\); this worker takes no tasks\. /,
    who: 'operator',
    next: /aws sso login/,
  },
  {
    what: 'the image store of a worker',
    command: { program: 'worker', args: ['--queues', 'images'] },
    env: { HOLDOUT_IMAGE_STORE: undefined },
    says: /^holdout: This worker lacks an image store for the queue images; it takes no tasks\. /,
    who: 'operator',
    next: /HOLDOUT_IMAGE_STORE=docker:/,
  },
  {
    what: 'the repository of a worker’s image store',
    command: { program: 'worker', args: ['--queues', 'images'] },
    take: (setUp) => setUp.aws.takeStore(),
    give: (setUp) => setUp.aws.giveStore(),
    says: /^holdout: The image store \S+ does not exist: .*; this worker takes no tasks\. /,
    who: 'administrator of the AWS account',
    next: deploy,
  },
  {
    what: 'the labels of a scorer',
    command: { program: 'worker', args: ['--queues', 'score'] },
    take: (setUp) => setUp.takeBucket('labels'),
    give: (setUp) => setUp.giveBucket('labels'),
    says: /^holdout: The bucket host-holdout-labels does not exist; this worker takes no tasks\. /,
    who: 'administrator of the AWS account',
    next: /HOLDOUT_BUCKET_PREFIX/,
  },
];

/** Of a command on a campaign. */
const ofCommands: Case[] = [
  {
    what: 'the secret of `status`: another one is set',
    command: { program: 'client', args: ['status', 'final'] },
    env: { AWS_SECRET_ACCESS_KEY: 'guessed' },
    says: /^holdout: The AWS key 123456789012 does not fit its secret \(bucket host-holdout-results\); nothing was changed\. /,
    who: 'operator',
    next: /AWS_SECRET_ACCESS_KEY/,
  },
  {
    what: 'the worker of a campaign that runs, `status`',
    command: { program: 'client', args: ['status', 'final'] },
    env: { TEMPORAL_NAMESPACE: 'no-worker' },
    take: (setUp) => setUp.startWithoutWorker(),
    give: (setUp) => setUp.forget(),
    says: /^holdout: No worker polls holdout-main, so campaign final does not respond; its running jobs continue\. /,
    who: 'operator',
    next: /npm run worker/,
  },
  {
    what: 'the bucket of `pause`',
    command: { program: 'client', args: ['pause', 'final', '--why', 'test'] },
    take: (setUp) => setUp.takeBucket('results'),
    give: (setUp) => setUp.giveBucket('results'),
    says: /^holdout: The bucket host-holdout-results does not exist; nothing was changed\. /,
    who: 'administrator of the AWS account',
    next: /HOLDOUT_BUCKET_PREFIX/,
  },
];

export const cases: readonly Case[] = [...accountCases, ...classCases, ...ofWorkers, ...ofCommands];
