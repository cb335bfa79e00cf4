/** Actions of Batch that know no resources. */
export const lookActions = [
  'batch:DescribeComputeEnvironments',
  'batch:DescribeJobDefinitions',
  'batch:DescribeJobQueues',
  'batch:DescribeJobs',
  'batch:ListJobs',
];

export const submitActions = ['batch:SubmitJob'];
export const tagActions = ['batch:TagResource'];
export const endActions = ['batch:CancelJob', 'batch:TerminateJob'];
export const registerActions = ['batch:RegisterJobDefinition'];
/** Which jobs are first in a queue, for `status`. */
export const headActions = ['batch:GetJobQueueSnapshot'];
