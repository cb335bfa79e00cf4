import {
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobsCommand,
  ListJobsCommand,
  ListTagsForResourceCommand,
  type JobDetail,
  type JobStatus,
} from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { container, eventually } from './endpoint-rig.ts';
import { running } from './running-rig.ts';

const base = 'arn:aws:batch:us-east-1:123456789012';

describe('the local Batch endpoint with the limits of AWS', () => {
  describe('on calls', () => {
    const rig = running({ callsPerSecond: 10 });

    it('answers calls beyond the account’s limit with 429 and what the SDK takes for throttling', async () => {
      const ask = () => rig.client.send(new DescribeJobsCommand({ jobs: [] }));
      const [began, calls] = [performance.now(), 100];
      const answers = await Promise.allSettled(Array.from({ length: calls }, ask));
      const most = 10 * (1 + (performance.now() - began) / 1_000);
      const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as Error] : []));
      const admitted = calls - refused.length;
      assert.ok(admitted >= 10 && admitted <= most && admitted < calls, `${admitted} of ${calls}, at most ${most}`);
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
    const rig = running({ delays: { list: 3_000, describe: 1_500, step: 0 }, retentionSeconds: 8 });

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
      assert.ok(described >= 1_400, `${described} ms`);
      assert.ok(shown >= 2_900, `${shown} ms`);
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
    const rig = running({ delays: { list: 0, describe: 0, step: 800 } });

    it('passes every state in order, with the task from STARTING and the log stream from RUNNING', async () => {
      const jobId = await rig.submit('sleep 2');
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
