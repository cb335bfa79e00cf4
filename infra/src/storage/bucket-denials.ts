import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Names, RoleName } from '../names.ts';

/**
 * The labels: only the scorer reads them and only the operator writes them, whatever another policy of the account allows.
 * Administrators can still change this policy, which CloudTrail records.
 */
export function keepLabels(bucket: s3.Bucket, names: Names): void {
  bucket.addToResourcePolicy(
    denyAllBut(names, ['scorer'], {
      sid: 'OnlyTheScorerReads',
      actions: ['s3:GetObject', 's3:GetObjectAttributes', 's3:GetObjectVersion', 's3:GetObjectVersionAttributes'],
      resources: [bucket.arnForObjects('*')],
    }),
  );
  bucket.addToResourcePolicy(
    denyAllBut(names, ['operator'], {
      sid: 'OnlyTheOperatorWrites',
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
    }),
  );
}

/**
 * Objects are written once, but for those of the keys that may be replaced. CreateMultipartUpload and UploadPart need
 * s3:PutObject too but create no object and take no condition.
 */
export const writeOnce = (bucket: s3.Bucket, but: readonly { keys: string }[]): iam.AddToResourcePolicyResult =>
  bucket.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'WriteOnce',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['s3:PutObject'],
      ...(but.length === 0
        ? { resources: [bucket.arnForObjects('*')] }
        : { notResources: but.map(({ keys }) => bucket.arnForObjects(keys)) }),
      conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
    }),
  );

/** Refuses actions to everybody but some roles. AWS compares the role, whoever has assumed it. */
export const denyAllBut = (
  names: Names,
  roles: readonly RoleName[],
  statement: { sid: string; actions: string[]; resources?: string[] },
): iam.PolicyStatement =>
  new iam.PolicyStatement({
    ...statement,
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    conditions: { ArnNotEquals: { 'aws:PrincipalArn': roles.map((role) => names.roleArn(role)) } },
  });
