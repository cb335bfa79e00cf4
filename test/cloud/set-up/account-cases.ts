import { join, type Case } from './case.ts';
import { buckets } from './set-up.ts';

const account: Case[] = [
  {
    what: 'the region',
    env: { AWS_REGION: undefined },
    says: /^holdout: No AWS region is set; nothing was uploaded or started\. /,
    who: 'operator',
    next: /export AWS_REGION=/,
    doctor: { check: 'region and key', names: /No AWS region is set/ },
  },
  {
    what: 'all credentials',
    env: { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
    says: /^holdout: No AWS credentials were found \(.*\); nothing was uploaded or started\. /,
    who: 'operator',
    next: /aws sso login/,
  },
  {
    what: 'the key: another one is set',
    env: { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
    says: /^holdout: The AWS key AKIAIOSFODNN7EXAMPLE is not known/,
    who: 'operator',
    next: /aws sts get-caller-identity/,
  },
  {
    what: 'the secret: another one is set',
    env: { AWS_SECRET_ACCESS_KEY: 'guessed' },
    says: /^holdout: The AWS key 123456789012 does not fit its secret \(bucket host-holdout-inputs\)/,
    who: 'operator',
    next: /AWS_SECRET_ACCESS_KEY/,
  },
  {
    what: 'the account: the buckets are to be of another one',
    env: { HOLDOUT_BUCKET_OWNER: '999999999999' },
    says: /^holdout: The AWS key 123456789012 belongs to account 123456789012, HOLDOUT_BUCKET_OWNER is 999999999999/,
    who: 'operator',
    next: /HOLDOUT_BUCKET_OWNER/,
  },
  {
    what: 'the region of the buckets: another one is set',
    env: { AWS_REGION: 'eu-west-1' },
    says: /^holdout: The bucket host-holdout-inputs is in us-east-1, but AWS_REGION is eu-west-1; queues and buckets have to be in one region;/,
    who: 'operator',
    next: /AWS_REGION/,
    doctor: {
      check: 'bucket holdout-inputs',
      names: /host-holdout-inputs is in us-east-1, but AWS_REGION is eu-west-1/,
    },
  },
  ...(['+10m', '-10m'] as const).map((clock): Case => ({
    what: `the right time: the clock is off by ${clock}`,
    clock,
    says: join(
      '^holdout: The clock of this machine is (599|60[0-9])(\\.\\d)? s ',
      clock === '+10m' ? 'ahead of' : 'behind',
      ' that of AWS, which refuses requests signed more than 300 s off; nothing was uploaded or started\\. ',
    ),
    who: 'operator',
    next: /timedatectl set-ntp true/,
  })),
  {
    what: 'the bucket prefix',
    env: { HOLDOUT_BUCKET_PREFIX: '', AWS_ENDPOINT_URL: undefined, AWS_ENDPOINT_URL_S3: undefined },
    says: /^holdout: HOLDOUT_BUCKET_PREFIX is empty/,
    who: 'operator',
    next: /Set HOLDOUT_BUCKET_PREFIX/,
    doctor: { check: 'settings', names: /HOLDOUT_BUCKET_PREFIX is empty/ },
  },
];

const ofBuckets: Case[] = (Object.keys(buckets) as (keyof typeof buckets)[]).map((bucket) => ({
  what: `the bucket of ${bucket}`,
  take: (setUp) => setUp.takeBucket(bucket),
  give: (setUp) => setUp.giveBucket(bucket),
  says: join('^holdout: The bucket ', buckets[bucket], ' does not exist; nothing was uploaded or started\\. '),
  who: 'administrator of the AWS account',
  next: /HOLDOUT_BUCKET_PREFIX/,
  ...(bucket === 'labels' && {
    doctor: { check: 'bucket holdout-labels', names: /host-holdout-labels does not exist/ },
  }),
}));

/** Each way of a bucket to belong to somebody else. */
const ofForeignBuckets: Case[] = [
  {
    what: 'a bucket of our own: another account has its name',
    take: (setUp) => setUp.giveBucketAway('labels'),
    give: (setUp) => setUp.giveBucketBack('labels'),
    says: /^holdout: The bucket host-holdout-labels denies access to the key 123456789012 or does not belong to account 123456789012;/,
    who: 'administrator of the AWS account',
    next: /HOLDOUT_BUCKET_OWNER/,
    doctor: { check: 'bucket holdout-labels', names: /host-holdout-labels denies access to the key 123456789012/ },
  },
];

const ofTemporal: Case[] = [
  {
    what: 'the namespace',
    env: { TEMPORAL_NAMESPACE: 'absent' },
    says: /^holdout: Temporal has no namespace absent; nothing was uploaded or started\. /,
    who: 'administrator of Temporal',
    next: /Set TEMPORAL_NAMESPACE/,
    doctor: { check: 'history', names: /no namespace absent/ },
  },
  {
    what: 'the search attributes',
    env: { TEMPORAL_NAMESPACE: 'no-attributes' },
    says: /^holdout: Temporal’s namespace no-attributes lacks the search attributes HoldoutCampaign, .*HoldoutCostUsd;/,
    who: 'administrator of Temporal',
    next: /Create them/,
    doctor: { check: 'search attributes', names: /no-attributes lacks the search attributes HoldoutCampaign/ },
  },
  {
    what: 'every worker',
    env: { TEMPORAL_NAMESPACE: 'no-worker' },
    says: /^holdout: No worker polls holdout-main, holdout-images, holdout-submit, holdout-await, holdout-score;/,
    who: 'operator',
    next: /npm run worker -- --queues main,images,submit,await,score/,
  },
  {
    what: 'the scorer',
    env: { TEMPORAL_NAMESPACE: 'no-scorer' },
    says: /^holdout: No worker polls holdout-score; nothing was uploaded or started\. /,
    who: 'operator',
    next: /npm run worker -- --queues score/,
    doctor: { check: 'worker of score', names: /no worker polls holdout-score/ },
  },
];

/** Key, account, clock, buckets and Temporal. */
export const accountCases: readonly Case[] = [...account, ...ofBuckets, ...ofForeignBuckets, ...ofTemporal];
