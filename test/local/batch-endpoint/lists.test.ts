import {
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
  ListJobsCommand,
  ListTagsForResourceCommand,
  paginateListJobs,
  TagResourceCommand,
  UntagResourceCommand,
  type ListJobsCommandInput,
} from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { container, eventually, Rig } from './endpoint-rig.ts';

const base = 'arn:aws:batch:us-east-1:123456789012';

describe('the lists of the local Batch endpoint', () => {
  const rig = new Rig({
    queues: [
      { name: 'gpu', slots: 8 },
      { name: 'closed', slots: 0 },
    ],
  });
  /** Job ids by their names in this test. */
  const jobs: Record<string, string> = {};
  before(async () => {
    await rig.start();
    await rig.register();
    await rig.register();
    await rig.register('holdout-runner-2');
    jobs['done'] = await rig.submit('true', { jobName: 'ho-Done' });
    jobs['failed'] = await rig.submit('exit 3', { jobName: 'ho-failed', jobDefinition: 'holdout-runner:1' });
    jobs['running'] = await rig.submit('sleep 300', { jobName: 'HO-done', jobDefinition: 'holdout-runner-2' });
    jobs['other'] = await rig.submit('sleep 300', { jobName: 'other' });
    jobs['waiting'] = await rig.submit('true', { jobName: 'ho-done', jobQueue: 'closed' });
    await rig.reach(jobs['done'], 'SUCCEEDED');
    await rig.reach(jobs['failed'], 'FAILED');
    await rig.reach(jobs['running'], 'RUNNING');
    await rig.reach(jobs['other'], 'RUNNING');
    await rig.reach(jobs['waiting'], 'RUNNABLE');
  });
  after(() => rig.remove());

  const list = async (request: ListJobsCommandInput): Promise<string[]> => {
    const { jobSummaryList } = await rig.client.send(new ListJobsCommand({ jobQueue: 'gpu', ...request }));
    const found = jobSummaryList?.map(({ jobId }) => Object.keys(jobs).find((name) => jobs[name] === jobId) ?? '?');
    return found ?? [];
  };
  const filtered = (name: string, ...values: string[]): Promise<string[]> => list({ filters: [{ name, values }] });

  it('hold only RUNNING jobs of the queue unless asked for a status', async () => {
    assert.deepEqual(await list({}), ['other', 'running']);
    assert.deepEqual(await list({ jobStatus: 'SUCCEEDED' }), ['done']);
    assert.deepEqual(await list({ jobStatus: 'FAILED' }), ['failed']);
    assert.deepEqual(await list({ jobQueue: `${base}:job-queue/closed`, jobStatus: 'RUNNABLE' }), ['waiting']);
  });

  it('find jobs of every status by name, ignoring case and the requested status, newest first', async () => {
    assert.deepEqual(await filtered('JOB_NAME', 'HO-DONE'), ['running', 'done']);
    assert.deepEqual(await filtered('JOB_NAME', 'ho-*'), ['running', 'failed', 'done']);
    assert.deepEqual(await filtered('JOB_NAME', 'ho-don'), []);
    const ignored = await list({ jobStatus: 'FAILED', filters: [{ name: 'JOB_NAME', values: ['other'] }] });
    assert.deepEqual(ignored, ['other']);
  });

  it('find jobs by definition: a name means every revision, an ARN one', async () => {
    assert.deepEqual(await filtered('JOB_DEFINITION', 'holdout-runner'), ['other', 'failed', 'done']);
    assert.deepEqual(await filtered('JOB_DEFINITION', 'Holdout-runner'), []);
    assert.deepEqual(await filtered('JOB_DEFINITION', 'holdout-runner*'), ['other', 'running', 'failed', 'done']);
    assert.deepEqual(await filtered('JOB_DEFINITION', `${base}:job-definition/holdout-runner:1`), ['failed']);
  });

  it('find jobs by the time of their submission', async () => {
    const { createdAt } = await rig.describe(jobs['running'] ?? '');
    const before = await filtered('BEFORE_CREATED_AT', String(createdAt));
    const after = await filtered('AFTER_CREATED_AT', String(createdAt));
    assert.ok(before.includes('done') && !before.includes('running') && !before.includes('other'));
    assert.ok(after.includes('other') && !after.includes('running') && !after.includes('done'));
  });

  it('show the status, times, reason and exit code of a job', async () => {
    const filters = [{ name: 'JOB_NAME', values: ['ho-failed'] }];
    const { jobSummaryList } = await rig.client.send(new ListJobsCommand({ jobQueue: 'gpu', filters }));
    const { createdAt, startedAt, stoppedAt } = await rig.describe(jobs['failed'] ?? '');
    assert.deepEqual(jobSummaryList, [
      {
        jobArn: `${base}:job/${jobs['failed']}`,
        jobId: jobs['failed'],
        jobName: 'ho-failed',
        jobDefinition: `${base}:job-definition/holdout-runner:1`,
        status: 'FAILED',
        statusReason: 'Essential container in task exited',
        createdAt,
        startedAt,
        stoppedAt,
        container: { exitCode: 3 },
      },
    ]);
  });

  it('have pages without gaps and duplicates, also when jobs are added in between', async () => {
    const filters = [{ name: 'JOB_NAME', values: ['*'] }];
    const first = await rig.client.send(new ListJobsCommand({ jobQueue: 'gpu', maxResults: 2, filters }));
    jobs['late'] = await rig.submit('true', { jobName: 'late' });
    assert.deepEqual(await list({ maxResults: 1, nextToken: first.nextToken, filters }), ['failed']);
    const pages: number[] = [];
    for await (const page of paginateListJobs({ client: rig.client, pageSize: 2 }, { jobQueue: 'gpu', filters })) {
      pages.push(page.jobSummaryList?.length ?? 0);
    }
    assert.deepEqual(pages, [2, 2, 1]);
  });

  it('have at most 100 jobs per page with a filter', async () => {
    const submitted = [];
    for (let count = 0; count < 105; count += 1) {
      submitted.push(rig.submit('true', { jobName: `many-${count}`, jobQueue: 'closed' }));
    }
    await Promise.all(submitted);
    const filters = [{ name: 'JOB_NAME', values: ['many-*'] }];
    const request = { jobQueue: 'closed', filters, maxResults: 1000 };
    const { jobSummaryList, nextToken } = await rig.client.send(new ListJobsCommand(request));
    assert.equal(jobSummaryList?.length, 100);
    assert.ok(nextToken);
    const rest = await rig.client.send(new ListJobsCommand({ ...request, nextToken }));
    assert.equal(rest.jobSummaryList?.length, 5);
    assert.equal(rest.nextToken, undefined);
  });

  it('show the queues of the start-up file', async () => {
    const all = await rig.client.send(new DescribeJobQueuesCommand({}));
    assert.deepEqual(
      all.jobQueues?.map(({ jobQueueName, state, status }) => [jobQueueName, state, status]),
      [
        ['gpu', 'ENABLED', 'VALID'],
        ['closed', 'ENABLED', 'VALID'],
      ],
    );
    const asked = ['closed', 'unknown'];
    const some = await rig.client.send(new DescribeJobQueuesCommand({ jobQueues: asked }));
    assert.deepEqual(
      some.jobQueues?.map(({ jobQueueArn }) => jobQueueArn),
      [`${base}:job-queue/closed`],
    );
  });

  it('show job definitions by name or revision, as they were registered', async () => {
    const containerProperties = {
      ...container,
      jobRoleArn: 'arn:aws:iam::123456789012:role/runner',
      environment: [{ name: 'HOLDOUT_RUN_KEY', value: 'B' }],
    };
    const retryStrategy = { attempts: 1, evaluateOnExit: [{ action: 'EXIT', onReason: '*' }] };
    const timeout = { attemptDurationSeconds: 60 };
    await rig.register('whole', { containerProperties, retryStrategy, timeout, tags: { team: 'x' } });
    const whole = await rig.client.send(new DescribeJobDefinitionsCommand({ jobDefinitionName: 'whole' }));
    assert.deepEqual(whole.jobDefinitions, [
      {
        jobDefinitionName: 'whole',
        jobDefinitionArn: `${base}:job-definition/whole:1`,
        revision: 1,
        type: 'container',
        status: 'ACTIVE',
        containerOrchestrationType: 'ECS',
        parameters: {},
        // Lists that were not given come back empty.
        containerProperties: {
          ...containerProperties,
          command: [],
          volumes: [],
          mountPoints: [],
          ulimits: [],
          secrets: [],
        },
        retryStrategy,
        timeout,
        tags: { team: 'x' },
      },
    ]);
    const jobDefinitions = ['holdout-runner:1', `${base}:job-definition/holdout-runner-2:1`, 'holdout-runner:9'];
    const some = await rig.client.send(new DescribeJobDefinitionsCommand({ jobDefinitions }));
    assert.deepEqual(
      some.jobDefinitions?.map(({ jobDefinitionName, revision }) => `${jobDefinitionName}:${revision}`),
      ['holdout-runner-2:1', 'holdout-runner:1'],
    );
  });

  it('include the tags of jobs and definitions, which can be added and removed', async () => {
    const longName = 'd'.repeat(128);
    await rig.register(longName, { tags: { 'holdout:kind': 'runner', owner: 'me' } });
    for (const [resourceArn, tags] of [
      [`${base}:job-definition/${longName}:1`, { 'holdout:kind': 'runner', owner: 'me' }],
      [`${base}:job/${jobs['done']}`, {}],
    ] as const) {
      const listed = async () => (await rig.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
      assert.deepEqual(await listed(), tags);
      await rig.client.send(new TagResourceCommand({ resourceArn, tags: { owner: 'you', 'a b/c': 'd' } }));
      assert.deepEqual(await listed(), { ...tags, owner: 'you', 'a b/c': 'd' });
      await rig.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['owner', 'a b/c'] }));
      await rig.client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['holdout:kind'] }));
      assert.deepEqual(await listed(), {});
    }
  });

  it('include a job as soon as it is submitted', async () => {
    const jobId = await rig.submit('true', { jobName: 'found' });
    const filters = [{ name: 'JOB_NAME', values: ['found'] }];
    const { jobSummaryList } = await rig.client.send(new ListJobsCommand({ jobQueue: 'gpu', filters }));
    assert.deepEqual(
      jobSummaryList?.map((job) => job.jobId),
      [jobId],
    );
    await eventually('its end', async () => ((await list({ jobStatus: 'SUCCEEDED' })).length > 2 ? true : undefined));
  });
});
