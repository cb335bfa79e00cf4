import * as iam from 'aws-cdk-lib/aws-iam';
import {
  endActions,
  headActions,
  lookActions,
  registerActions,
  submitActions,
  tagActions,
} from '../../../src/batch/batch-rights.ts';
import type { Names } from '../names.ts';

export const lookAtBatch = (): iam.PolicyStatement =>
  new iam.PolicyStatement({ sid: 'LookAtBatch', actions: lookActions, resources: ['*'] });

/** Jobs of this installation's queues and definitions only; each carries the tags of its run. */
export const submitJobs = (names: Names): iam.PolicyStatement[] => [
  new iam.PolicyStatement({
    sid: 'SubmitJobs',
    actions: submitActions,
    resources: [
      ...names.settings.classes.map(({ queue }) => names.arn('batch', `job-queue/${names.queue(queue)}`)),
      names.arn('batch', `job-definition/${names.jobDefinitions()}-*`),
      names.arn('batch', 'job/*'),
    ],
  }),
  new iam.PolicyStatement({
    sid: 'TagJobs',
    actions: tagActions,
    resources: [names.arn('batch', 'job/*')],
  }),
];

/** Also by CancelJobs and TerminateJobs, which have no actions of their own. */
export const endJobs = (names: Names): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid: 'EndJobs',
    actions: endActions,
    resources: [names.arn('batch', 'job/*')],
  });

/** New revisions with the runner's image by digest, the runner's role and nothing privileged. */
export const registerDefinitions = (names: Names): iam.PolicyStatement[] => [
  new iam.PolicyStatement({
    sid: 'RegisterDefinitions',
    actions: registerActions,
    resources: [names.arn('batch', `job-definition/${names.jobDefinitions()}-*`)],
    conditions: {
      StringLike: { 'batch:Image': `${names.registry()}/${names.repositories.runner}@sha256:*` },
      Bool: { 'batch:Privileged': 'false' },
    },
  }),
  new iam.PolicyStatement({
    sid: 'PassRunnerRole',
    actions: ['iam:PassRole'],
    resources: [names.roleArn('runner')],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  }),
];

/** Which jobs are first in a queue, for `status`. */
export const lookAtQueues = (names: Names): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid: 'LookAtQueues',
    actions: headActions,
    resources: names.settings.classes.map(({ queue }) => names.arn('batch', `job-queue/${names.queue(queue)}`)),
  });
