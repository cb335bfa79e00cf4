import {
  CancelJobsCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobQueuesCommand,
  GetJobQueueSnapshotCommand,
  ListJobsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  TerminateJobsCommand,
} from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './endpoint-rig.ts';
import { running } from './running-rig.ts';

const base = 'arn:aws:batch:us-east-1:123456789012';

describe('a job’s place on the local Batch endpoint', () => {
  const machine = { instanceType: 'g4dn.xlarge', vcpus: 4, memoryMiB: 15_000, gpus: 1 };
  const limit = { reason: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY', maxTimeSeconds: 1 };
  const rig = running({
    queues: [
      { name: 'gpu', slots: 1, machine },
      { name: 'none', slots: 0, machine },
      { name: 'limited', slots: 0, machine, jobStateTimeLimitActions: [limit] },
      { name: 'off', slots: 1, state: 'DISABLED' },
    ],
  });
  const needing = (value: string) => ({
    containerOverrides: { resourceRequirements: [{ type: 'MEMORY' as const, value }] },
  });
  const waiting = (jobId: string) =>
    eventually('a reason', async () => {
      const job = await rig.describe(jobId);
      return job.status === 'RUNNABLE' && job.statusReason !== undefined ? job : undefined;
    });

  it('a job that no machine can hold waits with Batch’s reason and blocks those behind it', async () => {
    const large = await rig.submit('true', needing('15001'));
    const behind = await rig.submit('true');
    const expected =
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.';
    assert.equal((await waiting(large)).statusReason, expected);
    assert.deepEqual(
      [(await rig.describe(behind)).status, (await rig.describe(behind)).statusReason],
      ['RUNNABLE', undefined],
    );
    const filters = [{ name: 'JOB_NAME', values: ['job'] }];
    const { jobSummaryList } = await rig.client.send(new ListJobsCommand({ jobQueue: 'gpu', filters }));
    assert.equal(jobSummaryList?.at(-1)?.statusReason, expected);
    await rig.client.send(new CancelJobsCommand({ jobs: [large], reason: 'too large' }));
    await rig.reach(behind, 'SUCCEEDED');
  });

  it('without a machine the head of the queue says so; the next says it when it is the head', async () => {
    const [first, second] = [
      await rig.submit('true', { jobQueue: 'none' }),
      await rig.submit('true', { jobQueue: 'none' }),
    ];
    const capacity =
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested for instance type [g4dn.xlarge]';
    assert.equal((await waiting(first)).statusReason, capacity);
    assert.equal((await rig.describe(second)).statusReason, undefined);
    const front = async () =>
      (await rig.client.send(new GetJobQueueSnapshotCommand({ jobQueue: 'none' }))).frontOfQueue;
    const before = await front();
    assert.deepEqual(
      before?.jobs?.map(({ jobArn }) => jobArn),
      [`${base}:job/${first}`, `${base}:job/${second}`],
    );
    await delay(5);
    const ended = await rig.client.send(new TerminateJobsCommand({ jobs: [first, 'unknown'], reason: 'enough' }));
    assert.deepEqual(ended.successful, [first]);
    assert.deepEqual(ended.errors, [{ job: 'unknown', code: 'ClientException', message: 'Job unknown not found.' }]);
    assert.equal((await waiting(second)).statusReason, capacity);
    const [head] = (await front())?.jobs ?? [];
    assert.equal(head?.jobArn, `${base}:job/${second}`);
    assert.ok((head?.earliestTimeAtPosition ?? 0) > (before?.jobs?.[1]?.earliestTimeAtPosition ?? 0));
  });

  it('cancels the head of a queue after the queue’s time limit', async () => {
    const jobId = await rig.submit('true', { jobQueue: 'limited' });
    const { statusReason, isCancelled } = await rig.reach(jobId, 'FAILED');
    assert.equal(
      statusReason,
      'Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
    );
    assert.equal(isCancelled, true);
  });

  it('shows queues with their limits and compute environments, and refuses jobs for a disabled one', async () => {
    const { jobQueues } = await rig.client.send(new DescribeJobQueuesCommand({ jobQueues: ['limited', 'off'] }));
    assert.deepEqual(
      jobQueues?.map(({ state, jobStateTimeLimitActions, computeEnvironmentOrder }) => ({
        state,
        jobStateTimeLimitActions,
        computeEnvironmentOrder,
      })),
      [
        {
          state: 'ENABLED',
          jobStateTimeLimitActions: [{ ...limit, state: 'RUNNABLE', action: 'CANCEL' }],
          computeEnvironmentOrder: [{ order: 1, computeEnvironment: `${base}:compute-environment/limited` }],
        },
        {
          state: 'DISABLED',
          jobStateTimeLimitActions: [],
          computeEnvironmentOrder: [{ order: 1, computeEnvironment: `${base}:compute-environment/off` }],
        },
      ],
    );
    await assert.rejects(rig.submit('true', { jobQueue: 'off' }), /is not in ENABLED state/);
    const asked = { computeEnvironments: [`${base}:compute-environment/gpu`] };
    const { computeEnvironments } = await rig.client.send(new DescribeComputeEnvironmentsCommand(asked));
    const [environment] = computeEnvironments ?? [];
    assert.deepEqual(environment?.computeResources?.instanceTypes, ['g4dn.xlarge']);
    assert.equal(environment?.computeResources?.maxvCpus, 4);
  });

  it('keeps the tags of queues over a restart', async () => {
    const resourceArn = `${base}:job-queue/gpu`;
    await rig.client.send(new TagResourceCommand({ resourceArn, tags: { owner: 'me' } }));
    await rig.stop();
    await rig.start();
    const { tags } = await rig.client.send(new ListTagsForResourceCommand({ resourceArn }));
    assert.deepEqual(tags, { owner: 'me' });
    const { jobQueues } = await rig.client.send(new DescribeJobQueuesCommand({ jobQueues: ['gpu'] }));
    assert.deepEqual(jobQueues?.[0]?.tags, { owner: 'me' });
  });
});
