import { RemovalPolicy } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { denyAllBut } from './bucket-denials.ts';

/** The submissions' images and the runner's. A tag never moves, and every image is scanned when it is pushed. */
export function makeRepositories(scope: Construct, names: Names, key: kms.IKey): void {
  const repository = (name: keyof Names['repositories']): ecr.Repository =>
    new ecr.Repository(scope, `${name}-images`, {
      repositoryName: names.repositories[name],
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      imageScanOnPush: true,
      encryption: ecr.RepositoryEncryption.KMS,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  repository('runner');
  const submissions = repository('submissions');
  submissions.addToResourcePolicy(
    denyAllBut(names, ['runner', 'break-glass'], {
      sid: 'NobodyLooksInside',
      actions: ['ecr:GetDownloadUrlForLayer'],
    }),
  );
  // A manifest lists digests only; the worker compares it with what it has stored.
  submissions.addToResourcePolicy(
    denyAllBut(names, ['runner', 'break-glass', 'worker'], { sid: 'NobodyElsePulls', actions: ['ecr:BatchGetImage'] }),
  );
}
