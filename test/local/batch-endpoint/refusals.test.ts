import {
  CancelJobCommand,
  ClientException,
  DescribeJobsCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TagResourceCommand,
  TerminateJobCommand,
  type ListJobsCommandInput,
  type SubmitJobCommandInput,
} from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { container, Rig } from './endpoint-rig.ts';

describe('the local Batch endpoint refuses', () => {
  const rig = new Rig();
  before(async () => {
    await rig.start();
    await rig.register();
  });
  after(() => rig.remove());

  /** Expects a ClientException with this status whose message contains this text. */
  async function refused(sent: Promise<unknown>, message: RegExp, status = 400): Promise<void> {
    await assert.rejects(sent, (error: unknown) => {
      assert.ok(error instanceof ClientException, String(error));
      assert.equal(error.$metadata.httpStatusCode, status);
      assert.match(error.message, message);
      return true;
    });
  }
  const submit = (rest: Partial<SubmitJobCommandInput>): Promise<unknown> =>
    rig.client.send(
      new SubmitJobCommand({ jobName: 'job', jobQueue: 'gpu', jobDefinition: 'holdout-runner', ...rest }),
    );
  const list = (rest: ListJobsCommandInput): Promise<unknown> => rig.client.send(new ListJobsCommand(rest));

  it('unknown queues, definitions and revisions', async () => {
    await refused(submit({ jobQueue: 'nowhere' }), /JobQueue nowhere not found/, 404);
    await refused(submit({ jobDefinition: 'nothing' }), /JobDefinition nothing not found/, 404);
    await refused(submit({ jobDefinition: 'holdout-runner:99' }), /holdout-runner:99 not found/, 404);
    await refused(list({ jobQueue: 'nowhere' }), /JobQueue nowhere not found/, 404);
  });

  it('job names that AWS refuses, and accepts those that AWS accepts', async () => {
    for (const jobName of ['', '-a', '_a', 'a b', 'a.b', 'a/b', 'ä', 'a'.repeat(129)]) {
      await refused(submit({ jobName }), /jobName must begin with a letter or digit/);
    }
    for (const jobName of ['0', 'A-_z9', 'a'.repeat(128)]) await submit({ jobName });
  });

  it('time limits under a minute', async () => {
    await refused(submit({ timeout: { attemptDurationSeconds: 59 } }), /timeout.attemptDurationSeconds/);
    await submit({ timeout: { attemptDurationSeconds: 60 } });
    await refused(rig.register('short', { timeout: { attemptDurationSeconds: 1 } }), /timeout.attemptDurationSeconds/);
  });

  it('every environment variable but the run key, in jobs', async () => {
    for (const name of [
      'NODE_OPTIONS',
      'PATH',
      'LD_PRELOAD',
      'HOLDOUT_ENGINE',
      'AWS_BATCH_JOB_ID',
      ' HOLDOUT_RUN_KEY',
    ]) {
      const environment = [{ name, value: '--import=/tmp/mine.mjs' }];
      const alone = /environment may hold HOLDOUT_RUN_KEY and no other variable/;
      await refused(submit({ containerOverrides: { environment } }), alone);
    }
    const reserved = [{ name: 'AWS_BATCH_JOB_ID', value: 'mine' }];
    const own = { containerProperties: { ...container, environment: reserved } };
    await refused(rig.register('own', own), /cannot start with AWS_BATCH/);
  });

  it('every operation without a signature, or with another key’s, and does nothing', async () => {
    const jobs = async (): Promise<number> => {
      const { jobSummaryList = [] } = await rig.client.send(
        new ListJobsCommand({ jobQueue: 'gpu', filters: [{ name: 'JOB_NAME', values: ['strange'] }] }),
      );
      return jobSummaryList.length;
    };
    const job = { jobName: 'strange', jobQueue: 'gpu', jobDefinition: 'holdout-runner' };
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    for (const path of ['submitjob', 'describejobs', 'terminatejob', 'registerjobdefinition', 'tags/arn']) {
      const answer = await fetch(`${rig.url}/v1/${path}`, { ...post, body: JSON.stringify(job) });
      assert.equal(answer.status, 403, path);
      assert.equal(answer.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException', path);
    }
    const stranger = rig.clientWith({ credentials: { accessKeyId: 'rig-key', secretAccessKey: 'guessed' } });
    await assert.rejects(stranger.send(new SubmitJobCommand(job)), { name: 'InvalidSignatureException' });
    stranger.destroy();
    assert.equal(await jobs(), 0);
    await submit({ jobName: 'strange' });
    assert.equal(await jobs(), 1);
  });

  it('requests of more than 30 KiB, definitions of more than 24 KiB', async () => {
    const sized = (bytes: number) => ({ environment: [{ name: 'HOLDOUT_RUN_KEY', value: 'x'.repeat(bytes) }] });
    await submit({ containerOverrides: sized(30 * 1024 - 200) });
    await refused(submit({ containerOverrides: sized(30 * 1024) }), /larger than AWS Batch allows/, 413);
    const wide = { containerProperties: { ...container, ...sized(24 * 1024) } };
    await refused(rig.register('wide', wide), /larger than AWS Batch allows/, 413);
  });

  it('unsupported features, with a message', async () => {
    await refused(submit({ retryStrategy: { attempts: 2 } }), /this endpoint runs one attempt/);
    await refused(rig.register('retried', { retryStrategy: { attempts: 3 } }), /this endpoint runs one attempt/);
    await refused(submit({ arrayProperties: { size: 2 } }), /no array jobs/);
    await refused(submit({ dependsOn: [{ jobId: 'other' }] }), /no dependencies between jobs/);
    await refused(submit({ shareIdentifier: 'share' }), /no fair-share policy/);
    const multi = { jobDefinitionName: 'multi', type: 'multinode' } as const;
    await refused(rig.client.send(new RegisterJobDefinitionCommand(multi)), /must be container/);
    await submit({ retryStrategy: { attempts: 1, evaluateOnExit: [] }, dependsOn: [] });
  });

  it('more than 100 ids in one DescribeJobs', async () => {
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `id-${index}`);
    await refused(
      rig.client.send(new DescribeJobsCommand({ jobs: ids(101) })),
      /Maximum number of jobs supported is 100/,
    );
    await rig.client.send(new DescribeJobsCommand({ jobs: ids(100) }));
  });

  it('lists without a queue, with two filters, an unknown filter or a made-up token', async () => {
    const byName = { name: 'JOB_NAME', values: ['a'] };
    await refused(list({}), /exactly one of jobQueue/);
    await refused(list({ jobQueue: 'gpu', filters: [byName, byName] }), /only one filter/);
    await refused(list({ jobQueue: 'gpu', filters: [{ name: 'NAME', values: ['a'] }] }), /filters.0.name/);
    await refused(list({ jobQueue: 'gpu', nextToken: 'made-up' }), /nextToken/);
    await refused(list({ jobQueue: 'gpu', maxResults: 0 }), /maxResults/);
  });

  it('to end unknown jobs, or without a reason of at most 1,024 characters', async () => {
    const unknown = { jobId: 'unknown', reason: 'because' };
    await refused(rig.client.send(new TerminateJobCommand(unknown)), /Job unknown not found/, 404);
    await refused(rig.client.send(new CancelJobCommand(unknown)), /Job unknown not found/, 404);
    const jobId = await rig.submit('true');
    await refused(rig.client.send(new TerminateJobCommand({ jobId, reason: '' })), /reason/);
    await refused(rig.client.send(new TerminateJobCommand({ jobId, reason: 'x'.repeat(1025) })), /reason/);
  });

  it('tags for unknown resources, and more than 50 of them', async () => {
    const tagged = (resourceArn: string, count: number): Promise<unknown> => {
      const tags = Object.fromEntries(Array.from({ length: count }, (_, index) => [`${count}-${index}`, 'x']));
      return rig.client.send(new TagResourceCommand({ resourceArn, tags }));
    };
    const arn = 'arn:aws:batch:us-east-1:123456789012:job-definition/holdout-runner';
    await refused(tagged(`${arn}:99`, 1), /no job, job definition/, 404);
    await tagged(`${arn}:1`, 30);
    await refused(tagged(`${arn}:1`, 21), /more than 50 tags/);
  });

  it('broken JSON and unknown operations', async () => {
    const broken = await rig.sendSigned({ body: '{' });
    assert.equal(broken.status, 400);
    assert.equal(broken.headers.get('x-amzn-errortype'), 'ClientException');
    const unknown = await rig.sendSigned({ path: '/v1/createjobqueue' });
    assert.equal(unknown.headers.get('x-amzn-errortype'), 'UnknownOperationException');
  });
});
