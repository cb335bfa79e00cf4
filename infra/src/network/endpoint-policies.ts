import * as iam from 'aws-cdk-lib/aws-iam';
import { pullActions } from '../../../src/registry/registry-rights.ts';
import type { Names } from '../names.ts';
import { bucketStatements } from '../roles/bucket-rights.ts';
import { instanceStatements } from '../roles/instance-rights.ts';

/** Refuses principals of other accounts, whose keys somebody may have brought into the VPC. */
const ourPrincipals = (names: Names) => ({ StringEquals: { 'aws:PrincipalAccount': names.account } });

/** A statement for principals of this account. */
const forUs = (names: Names, actions: readonly string[], resources: readonly string[]): iam.PolicyStatement =>
  new iam.PolicyStatement({
    principals: [new iam.AnyPrincipal()],
    actions: [...actions],
    resources: [...resources],
    conditions: ourPrincipals(names),
  });

/**
 * Through the gateway go the runner's rights in its buckets and the layers of images, which ECR keeps in a bucket of its own
 * and signs the links to. Labels, results and handed-in archives cannot be reached from the VPC, with any key.
 */
export function s3Policy(names: Names): iam.PolicyStatement[] {
  const runners = bucketStatements(names, 'runner').map(({ actions, resources }) => forUs(names, actions, resources));
  const layers = new iam.PolicyStatement({
    principals: [new iam.AnyPrincipal()],
    actions: ['s3:GetObject'],
    resources: [`arn:aws:s3:::prod-${names.region}-starport-layer-bucket/*`],
  });
  return [...runners, layers];
}

/** Both endpoints of ECR: log in, and pull from the two repositories. */
export const ecrPolicy = (names: Names): iam.PolicyStatement[] => [
  forUs(names, ['ecr:GetAuthorizationToken'], ['*']),
  forUs(names, pullActions, [names.repositoryArn('runner'), names.repositoryArn('submissions')]),
];

/** What the ECS agent calls, with the rights of an instance. */
export const ecsPolicy = (names: Names): iam.PolicyStatement[] =>
  instanceStatements(names)
    .filter(({ actions }) => actions.every((action) => action.startsWith('ecs:')))
    .map(({ actions, resources }) => forUs(names, actions, resources));

export const logsPolicy = (names: Names): iam.PolicyStatement[] => [
  forUs(names, ['logs:CreateLogStream', 'logs:PutLogEvents'], [`${names.logGroupArn()}:log-stream:*`]),
];

/** Only keys of this account; the key's own policy says who may do what with it. */
export const kmsPolicy = (names: Names): iam.PolicyStatement[] => [
  forUs(names, ['kms:Decrypt', 'kms:GenerateDataKey'], [names.arn('kms', 'key/*')]),
];

export const stsPolicy = (names: Names): iam.PolicyStatement[] => [forUs(names, ['sts:GetCallerIdentity'], ['*'])];
