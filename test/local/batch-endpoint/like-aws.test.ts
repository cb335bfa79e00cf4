import {
  CancelJobsCommand,
  DeregisterJobDefinitionCommand,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  DescribeJobsCommand,
  GetJobQueueSnapshotCommand,
  ListJobsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  TerminateJobsCommand,
  type JobDetail,
  type JobStatus,
} from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { container, eventually, Rig } from './endpoint-rig.ts';

const base = 'arn:aws:batch:us-east-1:123456789012';

/** A rig that runs while the suite does. */
function running(changes: ConstructorParameters<typeof Rig>[0]): Rig {
  const rig = new Rig(changes);
  before(async () => {
    await rig.start();
    await rig.register();
  });
  after(() => rig.remove());
  return rig;
}

describe('the local Batch endpoint with the limits of AWS', () => {
  describe('on calls', () => {
    const rig = running({ callsPerSecond: 10 });

    it('answers calls beyond the account’s limit with 429 and what the SDK takes for throttling', async () => {
      const ask = () => rig.client.send(new DescribeJobsCommand({ jobs: [] }));
      const answers = await Promise.allSettled(Array.from({ length: 30 }, ask));
      const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
      assert.ok(refused.length >= 15 && refused.length <= 20, `${refused.length} of 30`);
      for (const error of refused) {
        assert.equal(error.name, 'TooManyRequestsException');
        assert.equal((error as Error & { $metadata: { httpStatusCode: number } }).$metadata.httpStatusCode, 429);
      }
      const patient = rig.clientWith({ retryMode: 'adaptive', maxAttempts: 10 });
      await Promise.all(Array.from({ length: 30 }, () => patient.send(new DescribeJobsCommand({ jobs: [] }))));
      patient.destroy();
    });
  });

  describe('on what is known when', () => {
    const rig = running({ delays: { list: 1_500, describe: 700, step: 0 }, retentionSeconds: 3 });

    it('shows a new job late, in DescribeJobs and later in ListJobs, and forgets it after its retention', async () => {
      const jobId = await rig.submit('true');
      const submitted = Date.now();
      const known = async (): Promise<boolean> =>
        (await rig.client.send(new DescribeJobsCommand({ jobs: [jobId] }))).jobs?.length === 1;
      const filters = [{ name: 'JOB_NAME', values: ['job'] }];
      const listed = async (): Promise<boolean> =>
        (await rig.client.send(new ListJobsCommand({ jobQueue: 'gpu', filters }))).jobSummaryList?.length === 1;
      const came = async (what: string, ask: () => Promise<boolean>): Promise<number> => {
        await eventually(what, async () => ((await ask()) ? true : undefined));
        return Date.now() - submitted;
      };
      assert.deepEqual([await known(), await listed()], [false, false]);
      const [described, shown] = await Promise.all([came('the job', known), came('its list entry', listed)]);
      assert.ok(described >= 600, `${described} ms`);
      assert.ok(shown >= 1_400, `${shown} ms`);
      await came('the end of its retention', async () => !(await known()) && !(await listed()));
      const resourceArn = `${base}:job/${jobId}`;
      await assert.rejects(rig.client.send(new ListTagsForResourceCommand({ resourceArn })), {
        name: 'ClientException',
      });
    });

    it('still does not know a forgotten job after a restart', async () => {
      const jobId = await rig.submit('true');
      await eventually('the job', async () => {
        const { jobs } = await rig.client.send(new DescribeJobsCommand({ jobs: [jobId] }));
        return jobs?.[0];
      });
      await eventually('its end', async () => {
        const { jobs } = await rig.client.send(new DescribeJobsCommand({ jobs: [jobId] }));
        return jobs?.length === 0 ? true : undefined;
      });
      await rig.stop();
      await rig.start();
      assert.deepEqual((await rig.client.send(new DescribeJobsCommand({ jobs: [jobId] }))).jobs, []);
    });
  });

  describe('on the way of a job', () => {
    const rig = running({ delays: { list: 0, describe: 0, step: 200 } });

    it('passes every state in order, with the task from STARTING and the log stream from RUNNING', async () => {
      const jobId = await rig.submit('sleep 0.3');
      const seen: JobDetail[] = [];
      await eventually('its end', async () => {
        const job = await rig.describe(jobId);
        if (seen.at(-1)?.status !== job.status) seen.push(job);
        return job.status === 'SUCCEEDED' ? true : undefined;
      });
      const order: JobStatus[] = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED'];
      const statuses = seen.map(({ status }) => status);
      // RUNNABLE and STARTING may pass between two looks.
      assert.deepEqual(
        statuses,
        order.filter((status) => statuses.includes(status)),
      );
      for (const status of ['SUBMITTED', 'PENDING', 'RUNNING'] as const) assert.ok(statuses.includes(status), status);
      for (const { status, container: { taskArn, logStreamName } = {} } of seen) {
        const isPlaced = status !== undefined && order.indexOf(status) >= order.indexOf('STARTING');
        assert.equal(taskArn !== undefined, isPlaced, status);
        assert.equal(logStreamName !== undefined, status === 'RUNNING' || status === 'SUCCEEDED', status);
      }
    });

    it('continues after a restart with a job that was PENDING', async () => {
      const jobId = await rig.submit('true');
      await rig.reach(jobId, 'PENDING');
      await rig.stop('SIGKILL');
      await rig.start();
      await rig.reach(jobId, 'SUCCEEDED');
    });
  });

  describe('on places', () => {
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

  describe('on definitions', () => {
    const rig = running({});

    it('uses the latest active revision; a deregistered one stays visible and takes no job', async () => {
      await rig.register('versioned');
      await rig.register('versioned');
      await rig.client.send(new DeregisterJobDefinitionCommand({ jobDefinition: 'versioned:2' }));
      const statuses = async (status?: string) => {
        const request = { jobDefinitionName: 'versioned', ...(status && { status }) };
        const { jobDefinitions } = await rig.client.send(new DescribeJobDefinitionsCommand(request));
        return jobDefinitions?.map((definition) => `${definition.revision} ${definition.status}`);
      };
      assert.deepEqual(await statuses(), ['2 INACTIVE', '1 ACTIVE']);
      assert.deepEqual(await statuses('ACTIVE'), ['1 ACTIVE']);
      await assert.rejects(rig.submit('true', { jobDefinition: 'versioned:2' }), /not in ACTIVE status/);
      const job = await rig.describe(await rig.submit('true', { jobDefinition: 'versioned' }));
      assert.equal(job.jobDefinition, `${base}:job-definition/versioned:1`);
      assert.equal((await rig.register('versioned')).revision, 3);
    });

    it('gives jobs its tags to propagate, and puts parameters into its command', async () => {
      await rig.register('whole', {
        propagateTags: true,
        parameters: { who: 'world', greeting: 'hello' },
        containerProperties: { ...container, command: ['Ref::greeting', '--to=Ref::who', 'Ref::unknown'] },
      });
      const job = await rig.describe(await rig.submit('true', { jobDefinition: 'whole', parameters: { who: 'you' } }));
      assert.equal(job.propagateTags, true);
      assert.deepEqual(job.container?.command, ['hello', '--to=you', 'Ref::unknown']);
      assert.deepEqual(job.parameters, { who: 'you', greeting: 'hello' });
    });

    it('fails a job that would propagate more than 50 tags', async () => {
      const tags = (prefix: string, count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']));
      await rig.register('tagged', { propagateTags: true, tags: tags('definition', 30) });
      const jobId = await rig.submit('true', { jobDefinition: 'tagged', tags: tags('job', 21) });
      assert.match((await rig.reach(jobId, 'FAILED')).statusReason ?? '', /more than 50 tags/);
      const fits = await rig.submit('true', { jobDefinition: 'tagged', tags: tags('job', 20) });
      await rig.reach(fits, 'SUCCEEDED');
    });
  });
});
