import { bucketsOf } from '../../../src/settings.ts';
import { field, listOf, resourcesOf, type Properties, textOf } from '../installation.ts';
import { policiesOf, speaksOf, type Policy } from '../policies.ts';
import { differences, unless, type Promised } from '../promise.ts';

const protection = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

const closed: Promised = {
  name: 'five buckets, private, encrypted with the key, and outliving their stack',
  faultsIn: (installation, { prefix }) => {
    const found = resourcesOf(installation, 'AWS::S3::Bucket');
    const names = found.map(({ properties }) => textOf(properties['BucketName']));
    return [
      ...differences('buckets', names, Object.values(bucketsOf({ bucketPrefix: prefix }))),
      ...found.flatMap(({ properties, resource }) =>
        faultsOfBucket(properties).concat(
          unless(resource.DeletionPolicy === 'Retain', `${textOf(properties['BucketName'])} is deleted with its stack`),
        ),
      ),
    ];
  },
};

function faultsOfBucket(bucket: Properties): string[] {
  const name = textOf(bucket['BucketName']);
  const [rule] = listOf(field(bucket, 'BucketEncryption', 'ServerSideEncryptionConfiguration'));
  const encryption = field(rule, 'ServerSideEncryptionByDefault');
  return [
    ...unless(
      protection.every((part) => field(bucket, 'PublicAccessBlockConfiguration', part) === true),
      `${name} may become public`,
    ),
    ...unless(
      field(encryption, 'SSEAlgorithm') === 'aws:kms' && field(encryption, 'KMSMasterKeyID') !== undefined,
      `${name} is not encrypted with the key`,
    ),
    // The key's policy compares the encryption context, which names the bucket only with a bucket key.
    ...unless(field(rule, 'BucketKeyEnabled') === true, `${name} has no bucket key`),
    ...unless(bucket['AccessControl'] === undefined, `${name} has an access control list`),
  ];
}

/** The policies of the buckets with these names. */
const policyOf = (policies: readonly Policy[], bucket: string): Policy | undefined =>
  policies.find(({ kind, owner }) => kind === 'bucket' && owner === bucket);

const onlyTls: Promised = {
  name: 'every bucket refuses requests without TLS',
  faultsIn: (installation, { prefix }) => {
    const policies = policiesOf(installation);
    return Object.values(bucketsOf({ bucketPrefix: prefix })).flatMap((bucket: string) =>
      unless(
        policyOf(policies, bucket)?.statements.some(
          (statement) =>
            statement.effect === 'Deny' &&
            field(statement.principal, 'AWS') === '*' &&
            field(statement.condition, 'Bool', 'aws:SecureTransport') === 'false' &&
            speaksOf(statement, 's3:GetObject', `arn:aws:s3:::${bucket}/x`) &&
            speaksOf(statement, 's3:PutObject', `arn:aws:s3:::${bucket}/x`),
        ) === true,
        `${bucket} takes requests without TLS`,
      ),
    );
  },
};

/** Keys of records, and of files that a later publication or start replaces. */
const onceOnly = ['c/acts/1.json', 'c/ledger/s/1.json', 'c/scores/s/1.json', 'c/work/0.json', 'c/campaign.json'];
const replaced = ['c/leaderboard.csv', 'c/results.json', 'c/heads.json', 'c/manifest.json'];

const writtenOnce: Promised = {
  name: 'an object of the runs and a record of the results is written once, whoever writes it',
  faultsIn: (installation, { prefix }) => {
    const { runs, results } = bucketsOf({ bucketPrefix: prefix });
    const policies = policiesOf(installation);
    const isOnce = (bucket: string, key: string): boolean =>
      policyOf(policies, bucket)?.statements.some(
        (statement) =>
          statement.effect === 'Deny' &&
          field(statement.principal, 'AWS') === '*' &&
          speaksOf(statement, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`) &&
          field(statement.condition, 'Null', 's3:if-none-match') === 'true' &&
          // Without it, no upload in parts could begin.
          field(statement.condition, 'Bool', 's3:ObjectCreationOperation') === 'true' &&
          Object.keys(statement.condition).length === 2,
      ) === true;
    return [
      ...unless(isOnce(runs, 'x'), `${runs} does not demand If-None-Match`),
      ...onceOnly.flatMap((key) => unless(isOnce(results, key), `${results} does not demand If-None-Match for ${key}`)),
      ...replaced.flatMap((key) => unless(!isOnce(results, key), `${results} demands If-None-Match for ${key}`)),
    ];
  },
};

const noGrants: Promised = {
  name: 'the policies of the buckets grant nothing',
  faultsIn: (installation) =>
    policiesOf(installation)
      .filter(({ kind }) => kind === 'bucket')
      .flatMap(({ owner, statements }) =>
        statements
          .filter(({ effect }) => effect !== 'Deny')
          .map(({ actions }) => `${owner} grants ${actions.join(', ')}`),
      ),
};

export const bucketPromises = [closed, onlyTls, writtenOnce, noGrants];
