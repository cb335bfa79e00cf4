import * as iam from 'aws-cdk-lib/aws-iam';
import type { Names, RoleName } from '../names.ts';

/** Who may assume a role. */
export function trustOf(names: Names, role: RoleName): iam.IPrincipal {
  const { mayAssume } = names.settings;
  switch (role) {
    case 'instance':
      return new iam.ServicePrincipal('ec2.amazonaws.com');
    case 'runner':
      return tasksOf(names);
    case 'break-glass':
      return people(names, mayAssume.breakGlass).withConditions({
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        // The alarm sees the calls to STS in this region alone.
        StringEquals: { 'aws:RequestedRegion': names.region },
      });
    case 'operator':
      return people(names, mayAssume.operator);
    case 'worker':
    case 'scorer':
      // Programs: on ECS, or wherever one of these principals runs.
      return new iam.CompositePrincipal(tasksOf(names), people(names, mayAssume[role]));
  }
}

/** ECS tasks of this account; another account's cannot use the service as a deputy. */
const tasksOf = (names: Names): iam.PrincipalBase =>
  new iam.ServicePrincipal('ecs-tasks.amazonaws.com').withConditions({
    StringEquals: { 'aws:SourceAccount': names.account },
    ArnLike: { 'aws:SourceArn': names.arn('ecs', '*') },
  });

/** Without a list, the account: its users and roles then need sts:AssumeRole in their own policies. */
const people = (names: Names, arns: readonly string[]): iam.PrincipalBase =>
  arns.length === 0
    ? new iam.AccountPrincipal(names.account)
    : new iam.CompositePrincipal(...arns.map((arn) => new iam.ArnPrincipal(arn)));
