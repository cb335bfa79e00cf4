import * as batch from 'aws-cdk-lib/aws-batch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { jobDefinition, type AwsRunnerHost } from '../../../src/batch/definitions/job-definition.ts';
import { defaultScratch } from '../../../src/host-paths.ts';
import type { Names } from '../names.ts';
import type { ClassSettings } from '../settings/infra-settings.ts';

/** What the classes share. */
export interface Host {
  template: ec2.CfnLaunchTemplate;
  subnetIds: string[];
  securityGroupId: string;
}

/** One instance class: its compute environment, its queue and its job definition. */
export function addClass(scope: Construct, names: Names, host: Host, settings: ClassSettings): void {
  const environment = computeEnvironment(scope, names, host, settings);
  jobQueue(scope, names, environment, settings);
  runnerDefinition(scope, names, settings);
}

/** One instance type, from nothing to `instances`. Batch scales it down when its queue is empty. */
function computeEnvironment(
  scope: Construct,
  names: Names,
  { template, subnetIds, securityGroupId }: Host,
  { name, instanceType, instances, vcpus, gpus, purchase, imageId }: ClassSettings,
): batch.CfnComputeEnvironment {
  return new batch.CfnComputeEnvironment(scope, `${name}-environment`, {
    type: 'MANAGED',
    state: 'ENABLED',
    // With a new environment, Batch would refuse the queue's old one while it runs jobs; an update keeps both.
    replaceComputeEnvironment: false,
    updatePolicy: { terminateJobsOnUpdate: false, jobExecutionTimeoutMinutes: 360 },
    computeResources: {
      type: purchase === 'spot' ? 'SPOT' : 'EC2',
      allocationStrategy: purchase === 'spot' ? 'SPOT_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
      instanceTypes: [instanceType],
      minvCpus: 0,
      maxvCpus: instances * vcpus,
      subnets: subnetIds,
      securityGroupIds: [securityGroupId],
      instanceRole: `arn:aws:iam::${names.account}:instance-profile/${names.named('instance')}`,
      launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
      ec2Configuration: [
        {
          imageType: gpus > 0 ? 'ECS_AL2023_NVIDIA' : 'ECS_AL2023',
          ...(imageId !== undefined && { imageIdOverride: imageId }),
        },
      ],
      updateToLatestImageVersion: false,
      tags: { holdout: names.settings.prefix, 'holdout-class': name },
    },
  });
}

/** Reasons for which Batch gives up a waiting job, with seconds. */
const givesUp = {
  // Longer than the campaign's own `runnableLimit`, which then offers the run another class.
  'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY': 24 * 3600,
  'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE': 600,
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT': 600,
} as const;

/** In order of arrival, without shares: the campaign decides who is next. */
const jobQueue = (
  scope: Construct,
  names: Names,
  environment: batch.CfnComputeEnvironment,
  { name, queue }: ClassSettings,
): batch.CfnJobQueue =>
  new batch.CfnJobQueue(scope, `${name}-queue`, {
    jobQueueName: names.queue(queue),
    state: 'ENABLED',
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: environment.ref }],
    jobStateTimeLimitActions: Object.entries(givesUp).map(([reason, maxTimeSeconds]) => ({
      state: 'RUNNABLE',
      action: 'CANCEL',
      reason,
      maxTimeSeconds,
    })),
  });

/** The same definition that the product registers and compares with, as CloudFormation writes it. */
function runnerDefinition(scope: Construct, names: Names, settings: ClassSettings): void {
  const { name, vcpus, memoryMiB, gpus } = settings;
  const jobClass = { name, vcpus, memoryMiB, ...(gpus > 0 && { gpu: 'nvidia' as const, gpus }) };
  const { jobDefinitionName, containerProperties, retryStrategy, timeout, platformCapabilities, propagateTags } =
    jobDefinition(names.jobDefinitions(), runnerHost(names), jobClass);
  new batch.CfnJobDefinition(scope, `${name}-definition`, {
    type: 'container',
    jobDefinitionName,
    containerProperties: containerProperties as batch.CfnJobDefinition.ContainerPropertiesProperty,
    ...(retryStrategy?.attempts !== undefined && { retryStrategy: { attempts: retryStrategy.attempts } }),
    ...(timeout?.attemptDurationSeconds !== undefined && {
      timeout: { attemptDurationSeconds: timeout.attemptDurationSeconds },
    }),
    ...(platformCapabilities !== undefined && { platformCapabilities }),
    ...(propagateTags !== undefined && { propagateTags }),
  });
}

export const runnerHost = (names: Names): AwsRunnerHost => ({
  kind: 'aws',
  image: names.runnerImage(),
  region: names.region,
  bucketPrefix: names.settings.prefix,
  bucketOwner: names.account,
  scratch: defaultScratch,
  jobRoleArn: names.roleArn('runner'),
  logGroup: names.logGroup,
});
