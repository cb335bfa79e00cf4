import type { ContainerProperties } from '@aws-sdk/client-batch';
import {
  jobDefinition,
  type AwsRunnerHost,
  type JobDefinition,
} from '../../../src/batch/definitions/job-definition.ts';
import { defaultScratch } from '../../../src/host-paths.ts';
import type { ClassSettings, InfraSettings } from '../../src/settings/infra-settings.ts';
import { accountOf, field, listOf, resourcesOf, textsOf, type Json } from '../installation.ts';
import { unless, type Promised } from '../promise.ts';

const machines: Promised = {
  name: 'each class has one instance type, scales from nothing, and gets one queue of its own',
  faultsIn: (installation, { prefix, classes }) => {
    const environments = resourcesOf(installation, 'AWS::Batch::ComputeEnvironment');
    const queues = resourcesOf(installation, 'AWS::Batch::JobQueue');
    return [
      ...unless(environments.length === classes.length, `there are ${environments.length} compute environments`),
      ...unless(queues.length === classes.length, `there are ${queues.length} queues`),
      ...classes.flatMap((settings) => {
        const at = (text: string): string => `${settings.name}: ${text}`;
        const queue = queues.find(
          ({ properties }) => properties['JobQueueName'] === `${prefix}${settings.queue}`,
        )?.properties;
        const order = listOf(queue?.['ComputeEnvironmentOrder']).map((entry) => field(entry, 'ComputeEnvironment'));
        const environment = environments.find(({ id }) => id === order[0]);
        const resources = environment?.properties['ComputeResources'];
        return [
          ...unless(order.length === 1, at(`its queue has ${order.length} compute environments`)),
          ...environmentFaults(resources, settings).map(at),
          ...unless(queue?.['SchedulingPolicyArn'] === undefined, at('its queue shares by a policy of its own')),
          ...waitingFaults(listOf(queue?.['JobStateTimeLimitActions'])).map(at),
        ];
      }),
    ];
  },
};

function environmentFaults(resources: Json | undefined, settings: ClassSettings): string[] {
  const types = textsOf(field(resources, 'InstanceTypes'));
  return [
    ...unless(types.join() === settings.instanceType, `it runs on ${types.join(', ')}`),
    ...unless(field(resources, 'MinvCpus') === 0, 'it keeps instances without jobs'),
    ...unless(
      field(resources, 'MaxvCpus') === settings.instances * settings.vcpus,
      'it has another number of instances',
    ),
    ...unless(field(resources, 'Ec2KeyPair') === undefined, 'somebody can log in with a key'),
  ];
}

/** Reasons for which a job may wait, and for how long, in seconds. */
const limits: Record<string, number> = {
  'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY': 86_400,
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE': 3_600,
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT': 3_600,
};

const waitingFaults = (actions: readonly Json[]): string[] =>
  Object.entries(limits).flatMap(([reason, most]) => {
    const action = actions.find((one) => field(one, 'Reason') === reason);
    const seconds = Number(field(action, 'MaxTimeSeconds'));
    return unless(
      field(action, 'State') === 'RUNNABLE' &&
        field(action, 'Action') === 'CANCEL' &&
        seconds >= 600 &&
        seconds <= most,
      `a job may wait for ever for ${reason}`,
    );
  });

const definitions: Promised = {
  name: 'each class has the job definition that the product registers, with an image by digest',
  faultsIn: (installation, settings) => {
    const found = resourcesOf(installation, 'AWS::Batch::JobDefinition').map(({ properties }) => properties);
    return settings.classes.flatMap((instanceClass) => {
      const { name } = instanceClass;
      const wanted = definitionOf(instanceClass, settings);
      const registered = found.find((one) => one['JobDefinitionName'] === wanted.jobDefinitionName);
      if (registered === undefined) return [`${name}: it has no job definition`];
      const [has, should] = [canonical(registered), canonical(wanted as unknown as Json)];
      return unless(has === should, `${name}: its job definition is ${has}, the product has ${should}`);
    });
  },
};

/**
 * The product's definition with the resources of the settings, which are written down here a second time: taken from the class as
 * infra/src takes it, a fault in that step would show nowhere.
 */
function definitionOf({ name, vcpus, memoryMiB, gpus }: ClassSettings, settings: InfraSettings): JobDefinition {
  const made = jobDefinition('any', hostOf(settings), { name, vcpus, memoryMiB });
  const resourceRequirements: ContainerProperties['resourceRequirements'] = [
    { type: 'VCPU', value: `${vcpus}` },
    { type: 'MEMORY', value: `${memoryMiB}` },
  ];
  if (gpus > 0) resourceRequirements.push({ type: 'GPU', value: `${gpus}` });
  return {
    ...made,
    jobDefinitionName: `${settings.prefix}holdout-runner-${name.replaceAll('.', '-')}`,
    containerProperties: { ...made.containerProperties, resourceRequirements },
  };
}

function hostOf(settings: InfraSettings): AwsRunnerHost {
  const { prefix, region, runnerDigest } = settings;
  const account = accountOf(settings);
  return {
    kind: 'aws',
    image: `${account}.dkr.ecr.${region}.amazonaws.com/${prefix}holdout-runner@${runnerDigest}`,
    region,
    bucketPrefix: prefix,
    bucketOwner: account,
    scratch: defaultScratch,
    jobRoleArn: `arn:aws:iam::${account}:role/${prefix}holdout-runner`,
    logGroup: `/${prefix}holdout-runner`,
  };
}

/** JSON with sorted, uncapitalised names and without tags: CloudFormation writes `JobRoleArn`, the SDK `jobRoleArn`. */
const canonical = (value: Json): string => JSON.stringify(uncapitalised(value));

function uncapitalised(value: Json, isData = false): Json {
  if (Array.isArray(value)) return value.map((entry) => uncapitalised(entry));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .filter(([name]) => name !== 'Tags')
    .map(([name, entry]): [string, Json] => [
      isData ? name : `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`,
      uncapitalised(entry, /^options$/i.test(name)),
    ]);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

export const classPromises = [machines, definitions];
