import { set, type Mutant } from '../mutate.ts';
import type { Mutation } from '../mutation.ts';
import type { Properties } from '../installation.ts';

const start = 'an instance gives metadata for a token and one hop, and its disks are encrypted';
const host =
  'an instance gets the reaper, the accounting of GPUs and the rules against submissions before the agent starts';
const machine = 'each class has one instance type, scales from nothing, and gets one queue of its own';
const definition = 'each class has the job definition that the product registers, with an image by digest';

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
    name: 'a queue that another installation may have',
    breaks: machine,
    apply: (m) => set(m.find('AWS::Batch::JobQueue').Properties, ['JobQueueName'], 'holdout-g4dn'),
  },
  {
    name: 'a definition that another installation may have',
    breaks: definition,
    apply: (m) =>
      set(m.find('AWS::Batch::JobDefinition').Properties, ['JobDefinitionName'], 'holdout-runner-g4dn-xlarge'),
  },
  {
    name: 'a job without its GPU',
    breaks: definition,
    apply: (m) => {
      const job = m.find('AWS::Batch::JobDefinition', 'GPU').Properties['ContainerProperties'] as Properties;
      job['ResourceRequirements'] = (job['ResourceRequirements'] as Properties[]).filter(({ Type }) => Type !== 'GPU');
    },
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

export const computeMutations = [...hostMutations, ...classMutations];
