import { set, statementWith } from '../mutate.ts';
import type { Mutation } from '../mutation.ts';
import type { Properties } from '../installation.ts';

const narrow = 'no policy of a role has a wildcard in its actions, or all resources where the action knows any';
const limited = 'no role may do what only another one does, and none may delete';
const passed =
  'a role is passed to ECS tasks alone, and a registered image is the runner’s, by digest and without privileges';
const trusted = 'services assume only their roles, in this account, and break-glass takes a second factor';
const six = 'six roles, none with a policy of AWS';
const glass = 'a mail is sent when somebody takes the break-glass role, also if CloudTrail calls that a read';
const mails = 'mails are sent at half, four fifths and all of the budget, and when the forecast passes it';

/** Roles, and the mails of the account. */
export const accessMutations: Mutation[] = [
  {
    name: 'a wildcard action',
    breaks: narrow,
    apply: (m) =>
      m.role('worker').push({ Effect: 'Allow', Action: 'batch:*', Resource: 'arn:aws:batch:us-east-1:1:job/*' }),
  },
  {
    name: 'every resource',
    breaks: narrow,
    apply: (m) => set(statementWith(m.role('worker'), 'SubmitJobs'), ['Resource'], '*'),
  },
  {
    name: 'everything but a list',
    breaks: narrow,
    apply: (m) => m.role('operator').push({ Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:aws:s3:::x' }),
  },
  {
    name: 'a runner that submits jobs',
    breaks: limited,
    apply: (m) =>
      m
        .role('runner')
        .push({ Effect: 'Allow', Action: 'batch:SubmitJob', Resource: 'arn:aws:batch:us-east-1:1:job/x' }),
  },
  {
    name: 'an instance that reads buckets',
    breaks: limited,
    apply: (m) =>
      m
        .role('instance')
        .push({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::example-holdout-inputs/*' }),
  },
  {
    name: 'a worker that deletes runs',
    breaks: limited,
    apply: (m) =>
      m
        .role('worker')
        .push({ Effect: 'Allow', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::example-holdout-runs/*' }),
  },
  {
    name: 'an operator who passes every role',
    breaks: passed,
    apply: (m) => set(statementWith(m.role('operator'), 'PassRunnerRole'), ['Resource'], 'arn:aws:iam::1:role/*'),
  },
  {
    name: 'an operator who registers every image',
    breaks: passed,
    apply: (m) => delete statementWith(m.role('operator'), 'RegisterDefinitions')['Condition'],
  },
  {
    name: 'a worker that submits to the queues of another installation',
    breaks: 'roles use the queues and job definitions of this installation, and of no other',
    apply: (m) =>
      (statementWith(m.role('worker'), 'SubmitJobs')['Resource'] as string[]).push(
        'arn:aws:batch:us-east-1:123456789012:job-queue/other-holdout-g4dn',
      ),
  },
  {
    name: 'break-glass without a second factor',
    breaks: trusted,
    apply: (m) =>
      delete m.statements('AWS::IAM::Role', 'example-holdout-break-glass', 'AssumeRolePolicyDocument')[0]?.[
        'Condition'
      ],
  },
  {
    name: 'a runner’s role for every account’s tasks',
    breaks: trusted,
    apply: (m) =>
      delete m.statements('AWS::IAM::Role', 'example-holdout-runner', 'AssumeRolePolicyDocument')[0]?.['Condition'],
  },
  {
    name: 'a policy of AWS on the instances',
    breaks: six,
    apply: (m) =>
      set(
        m.find('AWS::IAM::Role', 'example-holdout-instance').Properties,
        ['ManagedPolicyArns'],
        ['arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role'],
      ),
  },
  {
    name: 'a function, whose code is an asset',
    breaks: 'no template needs a bootstrap stack: none has assets or is too long',
    apply: (m) => m.add('network', 'function', 'AWS::Lambda::Function'),
  },
  {
    name: 'break-glass by way of another region',
    breaks: trusted,
    apply: (m) => {
      const [statement] = m.statements('AWS::IAM::Role', 'example-holdout-break-glass', 'AssumeRolePolicyDocument');
      if (statement !== undefined) delete (statement['Condition'] as Properties)['StringEquals'];
    },
  },
  {
    name: 'a rule that does not see reads',
    breaks: glass,
    apply: (m) => set(m.find('AWS::Events::Rule').Properties, ['State'], 'ENABLED'),
  },
  {
    name: 'a rule for another role',
    breaks: glass,
    apply: (m) =>
      set(
        m.find('AWS::Events::Rule').Properties,
        ['EventPattern', 'detail', 'requestParameters', 'roleArn'],
        ['arn:aws:iam::123456789012:role/example-holdout-operator'],
      ),
  },
  {
    name: 'a topic without a reader',
    breaks: glass,
    apply: (m) => delete m.find('AWS::SNS::Topic').Properties['Subscription'],
  },
  { name: 'a topic that EventBridge cannot use', breaks: glass, apply: (m) => m.remove('AWS::SNS::TopicPolicy') },
  { name: 'no budget', breaks: mails, apply: (m) => m.remove('AWS::Budgets::Budget') },
];
