import { resourcesOf, field, textsOf, textOf } from '../installation.ts';
import { policiesOf } from '../policies.ts';
import { differences, unless, type Promised } from '../promise.ts';

const names = ['runner', 'worker', 'scorer', 'operator', 'break-glass', 'instance'];

/** Actions that know no resources. */
const withoutResources = [
  'batch:DescribeComputeEnvironments',
  'batch:DescribeJobDefinitions',
  'batch:DescribeJobQueues',
  'batch:DescribeJobs',
  'batch:ListJobs',
  'ecr:GetAuthorizationToken',
  'ecs:DiscoverPollEndpoint',
  'servicequotas:GetServiceQuota',
  'servicequotas:ListServiceQuotas',
];

const roles: Promised = {
  name: 'six roles, none with a policy of AWS',
  faultsIn: (installation, { prefix }) => {
    const found = resourcesOf(installation, 'AWS::IAM::Role').filter(
      ({ properties }) => properties['RoleName'] !== undefined,
    );
    return [
      ...differences(
        'roles',
        found.map(({ properties }) => textOf(properties['RoleName'])),
        names.map((name) => `${prefix}holdout-${name}`),
      ),
      ...resourcesOf(installation, 'AWS::IAM::Role')
        .filter(({ properties }) => textsOf(properties['ManagedPolicyArns']).length > 0)
        .map(({ id }) => `${id} has a policy that AWS may extend`),
      ...resourcesOf(installation, 'AWS::IAM::User', 'AWS::IAM::Group').map(({ id }) => `${id} is a user or a group`),
    ];
  },
};

const narrow: Promised = {
  name: 'no policy of a role has a wildcard in its actions, or all resources where the action knows any',
  faultsIn: (installation) =>
    policiesOf(installation)
      .filter(({ kind }) => kind === 'role')
      .flatMap(({ owner, statements }) =>
        statements.flatMap(({ actions, resources, source }) => [
          ...actions.filter((action) => action.includes('*')).map((action) => `${owner} may do ${action}`),
          ...actions
            .filter((action) => resources.includes('*') && !withoutResources.includes(action))
            .map((action) => `${owner} may do ${action} with everything`),
          ...unless(field(source, 'NotAction') === undefined, `${owner} may do everything but a list`),
          ...unless(field(source, 'NotResource') === undefined, `${owner} may use everything but a list`),
        ]),
      ),
};

/** What a role may never do, whatever else changes. */
const never: Record<string, RegExp> = {
  runner:
    /^(?:batch|iam|kms|logs|sts):|^s3:(?:Delete|List(?!MultipartUploadParts))|^ecr:(?:Put|Initiate|Upload|Complete)/,
  instance: /^(?:batch|iam|kms|s3|sts):|^ecr:(?:Put|Initiate|Upload|Complete)/,
  scorer: /^(?!s3:)|^s3:Delete/,
  worker: /^(?:iam|kms|sts|ecs|ec2):|^s3:Delete|^batch:Register|^ecr:(?:GetDownload|.*Delete)/,
  operator: /^(?:kms|sts|ecs|ec2):|^s3:Delete|^batch:Submit|Delete/,
  'break-glass': /Put|Delete|Create|Update|Submit|Register|Pass/,
};

const limited: Promised = {
  name: 'no role may do what only another one does, and none may delete',
  faultsIn: (installation, { prefix }) =>
    policiesOf(installation)
      .filter(({ kind }) => kind === 'role')
      .flatMap(({ owner, statements }) => {
        const forbidden = never[owner.slice(`${prefix}holdout-`.length)];
        return statements
          .flatMap(({ actions }) => actions)
          .filter((action) => forbidden?.test(action) === true)
          .map((action) => `${owner} may do ${action}`);
      }),
};

const passed: Promised = {
  name: 'a role is passed to ECS tasks alone, and a registered image is the runner’s, by digest and without privileges',
  faultsIn: (installation, { prefix }) =>
    policiesOf(installation)
      .filter(({ kind }) => kind === 'role')
      .flatMap(({ owner, statements }) =>
        statements.flatMap(({ actions, resources, condition }) => [
          ...unless(
            !actions.includes('iam:PassRole') ||
              (resources.every((arn) => arn.endsWith(`:role/${prefix}holdout-runner`)) &&
                field(condition, 'StringEquals', 'iam:PassedToService') === 'ecs-tasks.amazonaws.com'),
            `${owner} may pass ${resources.join(', ')}`,
          ),
          ...unless(
            !actions.includes('batch:RegisterJobDefinition') ||
              (textOf(field(condition, 'StringLike', 'batch:Image')).endsWith(`/${prefix}holdout-runner@sha256:*`) &&
                field(condition, 'Bool', 'batch:Privileged') === 'false'),
            `${owner} may register any job definition`,
          ),
        ]),
      ),
};

const trusted: Promised = {
  name: 'services assume only their roles, in this account, and break-glass takes a second factor',
  faultsIn: (installation, { prefix, region }) =>
    policiesOf(installation)
      .filter(({ kind }) => kind === 'trust')
      .flatMap(({ owner, statements }) =>
        statements.flatMap(({ principal, condition }) => [
          ...unless(principal !== '*' && field(principal, 'AWS') !== '*', `everybody may be ${owner}`),
          ...unless(
            field(principal, 'Service') !== 'ecs-tasks.amazonaws.com' ||
              field(condition, 'StringEquals', 'aws:SourceAccount') !== undefined,
            `tasks of every account may be ${owner}`,
          ),
          ...unless(
            owner !== `${prefix}holdout-break-glass` ||
              field(condition, 'Bool', 'aws:MultiFactorAuthPresent') === 'true',
            `${owner} needs no second factor`,
          ),
          ...unless(
            owner !== `${prefix}holdout-break-glass` ||
              field(condition, 'StringEquals', 'aws:RequestedRegion') === region,
            `${owner} can be taken where the alarm does not see it`,
          ),
          ...unless(
            owner !== `${prefix}holdout-runner` || field(principal, 'Service') === 'ecs-tasks.amazonaws.com',
            `${owner} is not for jobs alone`,
          ),
        ]),
      ),
};

const own: Promised = {
  name: 'roles use the queues and job definitions of this installation, and of no other',
  faultsIn: (installation, { prefix, classes }) =>
    policiesOf(installation)
      .filter(({ kind }) => kind === 'role')
      .flatMap(({ owner, statements }) =>
        statements
          .flatMap(({ resources }) => resources)
          .map((arn) => /:(job-queue|job-definition)\/(.*)$/.exec(arn))
          .flatMap((found) => {
            const [, kind, name = ''] = found ?? [];
            const isOwn =
              kind === 'job-queue'
                ? classes.some(({ queue }) => name === `${prefix}${queue}`)
                : kind === undefined || name === `${prefix}holdout-runner-*`;
            return unless(isOwn, `${owner} may use ${kind} ${name}`);
          }),
      ),
};

export const rolePromises = [roles, narrow, limited, passed, trusted, own];
