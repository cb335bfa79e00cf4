import * as iam from 'aws-cdk-lib/aws-iam';
import type { Names, RoleName } from '../names.ts';
import { endJobs, lookAtBatch, lookAtQueues, registerDefinitions, submitJobs } from './batch-rights.ts';
import { checkTheSetUp } from './check-rights.ts';
import { bucketStatements } from './bucket-rights.ts';
import { pullImages, pushRunner, storeImages } from './image-rights.ts';
import { instanceStatements } from './instance-rights.ts';

/** What each role may do. Everything not listed is refused; the right to use the key is in the key's policy. */
export const roleStatements: Record<RoleName, (names: Names) => iam.PolicyStatement[]> = {
  runner: (names) => [...bucketStatements(names, 'runner'), ...pullImages(names, 'submissions')],
  worker: (names) => [
    ...bucketStatements(names, 'worker'),
    ...storeImages(names),
    lookAtBatch(),
    ...submitJobs(names),
    endJobs(names),
  ],
  scorer: (names) => bucketStatements(names, 'scorer'),
  operator: (names) => [
    ...bucketStatements(names, 'operator'),
    ...pushRunner(names),
    lookAtBatch(),
    lookAtQueues(names),
    endJobs(names),
    ...registerDefinitions(names),
    readLogs(names),
    ...checkTheSetUp(names),
  ],
  'break-glass': (names) => [
    ...bucketStatements(names, 'break-glass'),
    ...pullImages(names, 'submissions'),
    lookAtBatch(),
    endJobs(names),
    readLogs(names),
  ],
  instance: instanceStatements,
};

const readLogs = (names: Names): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid: 'ReadTheRunnersLog',
    actions: ['logs:FilterLogEvents', 'logs:GetLogEvents', 'logs:DescribeLogStreams'],
    resources: [names.logGroupArn(), `${names.logGroupArn()}:log-stream:*`],
  });
