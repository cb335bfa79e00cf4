import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Names, RoleName } from './names.ts';

/** A finding of cdk-nag that is meant to be: a `*` in a role's policy, and why it is as narrow as it can be. */
interface Wildcard {
  resource: string;
  roles: readonly RoleName[];
  reason: string;
}

const keysReason = 'Keys begin with the campaign, whose name is not known here; the bucket is one of five.';
const noResources =
  'The action knows no resources: ecr:GetAuthorizationToken, batch:Describe*, batch:ListJobs, servicequotas:Get* and List*.';

/** Every `*` that is allowed. A new one, or the same one in another role, fails the synthesis. */
export function allowedWildcards(names: Names): Wildcard[] {
  // As cdk-nag prints it.
  const account = names.settings.account ?? '<AWS::AccountId>';
  const arn = (service: string, resource: string): string =>
    `arn:aws:${service}:${names.region}:${account}:${resource}`;
  const keys = (bucket: keyof Names['buckets'], pattern = '*'): string => `${names.bucketArn(bucket)}/${pattern}`;
  const all = ['runner', 'worker', 'scorer', 'operator', 'break-glass'] as const;
  return [
    { resource: keys('inputs'), roles: all, reason: keysReason },
    { resource: keys('runs'), roles: all, reason: keysReason },
    { resource: keys('runs', '*/spec.json'), roles: ['runner'], reason: keysReason },
    { resource: keys('runs', '*/claim'), roles: ['runner'], reason: keysReason },
    { resource: keys('results'), roles: ['worker', 'scorer', 'operator', 'break-glass'], reason: keysReason },
    { resource: keys('results', '*/scores/*'), roles: ['scorer'], reason: keysReason },
    { resource: keys('labels'), roles: ['scorer', 'operator'], reason: keysReason },
    { resource: keys('images'), roles: ['worker', 'operator', 'break-glass'], reason: keysReason },
    {
      resource: '*',
      roles: ['runner', 'worker', 'operator', 'break-glass'],
      reason: noResources,
    },
    {
      resource: '*',
      roles: ['instance'],
      reason: 'ecr:GetAuthorizationToken and ecs:DiscoverPollEndpoint know no resources.',
    },
    {
      resource: arn('batch', `job-definition/${names.jobDefinitions()}-*`),
      roles: ['worker', 'operator'],
      reason: 'One definition per class and one revision per change; campaigns may add classes.',
    },
    {
      resource: arn('batch', 'job/*'),
      roles: ['worker', 'operator', 'break-glass'],
      reason: 'Batch makes the ids of jobs; the account has no other jobs.',
    },
    { resource: arn('ecs', 'cluster/*'), roles: ['instance'], reason: 'Batch makes the names of the clusters.' },
    { resource: arn('ecs', 'container-instance/*'), roles: ['instance'], reason: 'ECS makes the ids of instances.' },
    {
      resource: arn('logs', `log-group:${names.logGroup}:log-stream:*`),
      roles: ['instance', 'operator', 'break-glass'],
      reason: 'One stream per job, which ECS names; the log group is the runner’s alone.',
    },
  ];
}

/** Acknowledges the wildcards of one role. */
export function acknowledgeWildcards(policyOf: (role: RoleName) => Construct, names: Names): void {
  for (const { resource, roles, reason } of allowedWildcards(names)) {
    for (const role of roles) {
      Validations.of(policyOf(role)).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
        reason,
      });
    }
  }
}

/** Server access logs would go to a sixth bucket, whose own log nobody has. */
export function acknowledgeAccessLogs(bucket: Construct): void {
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'Data events of CloudTrail, which the account switches on, record each access with its role; see README.md.',
  });
}
