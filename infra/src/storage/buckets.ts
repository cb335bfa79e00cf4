import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { writtenOnce } from '../../../src/s3/bucket-rights.ts';
import type { Buckets } from '../../../src/settings.ts';
import { acknowledgeAccessLogs } from '../acknowledgements.ts';
import type { Names } from '../names.ts';
import { keepLabels, writeOnce } from './bucket-denials.ts';

/** How long an overwritten or deleted version stays, in days. */
const keepVersionsDays = 90;

/**
 * Versions protect what is overwritten on purpose (leaderboard, results) or must not be lost (labels). The other buckets name
 * their objects by digest or write them once.
 */
const isVersioned: Record<keyof Buckets, boolean> = {
  inputs: false,
  labels: true,
  images: false,
  runs: false,
  results: true,
};

/** The five buckets of the product, encrypted with the key, closed to the public, over TLS only. They outlive the stack. */
export function makeBuckets(scope: Construct, names: Names, key: kms.IKey): void {
  for (const [name, bucketName] of Object.entries(names.buckets) as [keyof Buckets, string][]) {
    const bucket = new s3.Bucket(scope, name, {
      bucketName,
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: isVersioned[name],
      lifecycleRules: lifecycle(isVersioned[name]),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledgeAccessLogs(bucket);
    if (name === 'labels') keepLabels(bucket, names);
    const replaceable = writtenOnce[name];
    if (replaceable) writeOnce(bucket, replaceable);
  }
}

const lifecycle = (versioned: boolean): s3.LifecycleRule[] => [
  { id: 'end-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
  ...(versioned ? [{ id: 'end-versions', noncurrentVersionExpiration: Duration.days(keepVersionsDays) }] : []),
];
