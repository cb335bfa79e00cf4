import { set, statementWith, type Mutant } from '../mutate.ts';
import type { Mutation } from '../mutation.ts';
import type { Properties } from '../installation.ts';

const start = 'an instance gives metadata for a token and one hop, and its disks are encrypted';
const host =
  'an instance gets the reaper, the accounting of GPUs and the rules against submissions before the agent starts';
const machine = 'each class has one instance type, scales from nothing, and gets one queue of its own';
const definition = 'each class has the job definition that the product registers, with an image by digest';
const narrow = 'no policy of a role has a wildcard in its actions, or all resources where the action knows any';
const limited = 'no role may do what only another one does, and none may delete';
const passed =
  'a role is passed to ECS tasks alone, and a registered image is the runner’s, by digest and without privileges';
const trusted = 'services assume only their roles, in this account, and break-glass takes a second factor';
const six = 'six roles, none with a policy of AWS';
const mails = 'mails are sent at half, four fifths and all of the budget, and when the forecast passes it';

const template = (m: Mutant): Properties => m.find('AWS::EC2::LaunchTemplate').Properties;
const environment = (m: Mutant): Properties => m.find('AWS::Batch::ComputeEnvironment', 'g4dn').Properties;
const container = ['ContainerProperties'];

const hostMutations: Mutation[] = [
  {
    name: 'metadata without a token',
    breaks: start,
    apply: (m) => set(template(m), ['LaunchTemplateData', 'MetadataOptions', 'HttpTokens'], 'optional'),
  },
  {
    name: 'hop limit 2',
    breaks: start,
    apply: (m) => set(template(m), ['LaunchTemplateData', 'MetadataOptions', 'HttpPutResponseHopLimit'], 2),
  },
  {
    name: 'an unencrypted disk',
    breaks: start,
    apply: (m) => set(template(m), ['LaunchTemplateData', 'BlockDeviceMappings', 0, 'Ebs', 'Encrypted'], false),
  },
  {
    name: 'a class without the launch template',
    breaks: start,
    apply: (m) => delete (environment(m)['ComputeResources'] as Properties)['LaunchTemplate'],
  },
  {
    name: 'no user data',
    breaks: host,
    apply: (m) => set(template(m), ['LaunchTemplateData', 'UserData'], { 'Fn::Base64': '#!/bin/sh\n' }),
  },
  {
    name: 'user data without a file',
    breaks: host,
    apply: (m) => {
      const data = (template(m)['LaunchTemplateData'] as { UserData: { 'Fn::Base64': string } }).UserData;
      data['Fn::Base64'] = data['Fn::Base64'].replace(/^- path: \/opt\/holdout\/reaper\.sh\n(?: .*\n)+/m, '');
    },
  },
  {
    name: 'user data that run nothing',
    breaks: host,
    apply: (m) => {
      const data = (template(m)['LaunchTemplateData'] as { UserData: { 'Fn::Base64': string } }).UserData;
      data['Fn::Base64'] = data['Fn::Base64'].replace('- [/opt/holdout/set-up.sh]', '- [/bin/true]');
    },
  },
];

const classMutations: Mutation[] = [
  {
    name: 'two GPU types in one compute environment',
    breaks: machine,
    apply: (m) => set(environment(m), ['ComputeResources', 'InstanceTypes'], ['g4dn.xlarge', 'p3.2xlarge']),
  },
  {
    name: 'a family instead of a type',
    breaks: machine,
    apply: (m) => set(environment(m), ['ComputeResources', 'InstanceTypes'], ['g4dn']),
  },
  {
    name: 'instances without jobs',
    breaks: machine,
    apply: (m) => set(environment(m), ['ComputeResources', 'MinvCpus'], 4),
  },
  {
    name: 'a queue with two compute environments',
    breaks: machine,
    apply: (m) => {
      const order = m.find('AWS::Batch::JobQueue', 'holdout-g4dn').Properties[
        'ComputeEnvironmentOrder'
      ] as Properties[];
      order.push({ Order: 2, ComputeEnvironment: 'another' });
    },
  },
  {
    name: 'a queue that shares by its own policy',
    breaks: machine,
    apply: (m) =>
      set(m.find('AWS::Batch::JobQueue').Properties, ['SchedulingPolicyArn'], 'arn:aws:batch:::scheduling-policy/x'),
  },
  {
    name: 'a job that may wait for ever',
    breaks: machine,
    apply: (m) => delete m.find('AWS::Batch::JobQueue').Properties['JobStateTimeLimitActions'],
  },
  {
    name: 'a tag instead of a digest',
    breaks: definition,
    apply: (m) =>
      set(
        m.find('AWS::Batch::JobDefinition').Properties,
        [...container, 'Image'],
        '123456789012.dkr.ecr.us-east-1.amazonaws.com/example-holdout-runner:latest',
      ),
  },
  {
    name: 'a privileged job',
    breaks: definition,
    apply: (m) => set(m.find('AWS::Batch::JobDefinition').Properties, [...container, 'Privileged'], true),
  },
  {
    name: 'a job without its role',
    breaks: definition,
    apply: (m) =>
      delete (m.find('AWS::Batch::JobDefinition').Properties['ContainerProperties'] as Properties)['JobRoleArn'],
  },
  {
    name: 'a job with half of the instance, so that two share it',
    breaks: definition,
    apply: (m) =>
      set(
        m.find('AWS::Batch::JobDefinition', 'g4dn').Properties,
        [...container, 'ResourceRequirements', 0, 'Value'],
        '2',
      ),
  },
];

const roleMutations: Mutation[] = [
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
  { name: 'no budget', breaks: mails, apply: (m) => m.remove('AWS::Budgets::Budget') },
];

export const computeMutations = [...hostMutations, ...classMutations, ...roleMutations];
