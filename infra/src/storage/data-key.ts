import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Names, RoleName } from '../names.ts';
import { bucketsUsedBy, type BucketUser } from '../roles/bucket-rights.ts';

const users: readonly (BucketUser & RoleName)[] = ['runner', 'worker', 'scorer', 'operator', 'break-glass'];

/**
 * The key of buckets, image store and logs. Each role can use it through S3 alone, and only for the buckets that it may read or
 * write: a mistake in a bucket's policy does not decrypt the labels.
 */
export function dataKey(scope: Construct, names: Names): kms.Key {
  const key = new kms.Key(scope, 'key', {
    alias: names.keyAlias,
    description: 'Holdout: buckets, image store and logs',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const user of users) {
    allow(key, names, user, 's3:GetObject', ['kms:Decrypt']);
    // S3 decrypts the data key of an upload in parts with every part.
    allow(key, names, user, 's3:PutObject', ['kms:GenerateDataKey', 'kms:Decrypt']);
  }
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'Logs',
      principals: [new iam.ServicePrincipal(`logs.${names.region}.amazonaws.com`)],
      actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: {
        StringLike: { 'kms:EncryptionContext:aws:logs:arn': names.arn('logs', `log-group:/${names.named('*')}`) },
      },
    }),
  );
  return key;
}

function allow(
  key: kms.Key,
  names: Names,
  user: BucketUser & RoleName,
  right: 's3:GetObject' | 's3:PutObject',
  actions: string[],
): void {
  const buckets = bucketsUsedBy(user, right).map((bucket) => names.bucketArn(bucket));
  if (buckets.length === 0) return;
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ArnPrincipal(names.roleArn(user))],
      actions,
      resources: ['*'],
      conditions: {
        StringEquals: {
          'kms:ViaService': `s3.${names.region}.amazonaws.com`,
          // With a bucket key, S3 names the bucket; without, the object.
          'kms:EncryptionContext:aws:s3:arn': buckets,
        },
      },
    }),
  );
}
