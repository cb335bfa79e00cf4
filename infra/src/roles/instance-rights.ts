import * as iam from 'aws-cdk-lib/aws-iam';
import type { Names } from '../names.ts';
import { pullImages } from './image-rights.ts';

/**
 * What the ECS agent and the engine of an instance need, instead of the managed policy AmazonEC2ContainerServiceforEC2Role,
 * which pulls every image and writes every log group of the account. Batch names the clusters.
 */
export const instanceStatements = (names: Names): iam.PolicyStatement[] => {
  const cluster = names.arn('ecs', 'cluster/*');
  const instance = names.arn('ecs', 'container-instance/*');
  return [
    new iam.PolicyStatement({
      sid: 'FindTheAgentsEndpoint',
      actions: ['ecs:DiscoverPollEndpoint'],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      sid: 'JoinTheCluster',
      actions: [
        'ecs:DeregisterContainerInstance',
        'ecs:RegisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      resources: [cluster],
    }),
    new iam.PolicyStatement({
      sid: 'TakeTasks',
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      resources: [instance],
    }),
    new iam.PolicyStatement({
      sid: 'TagItself',
      actions: ['ecs:TagResource'],
      resources: [instance],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterContainerInstance' } },
    }),
    ...pullImages(names, 'runner'),
    new iam.PolicyStatement({
      sid: 'WriteTheRunnersLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${names.logGroupArn()}:log-stream:*`],
    }),
  ];
};
