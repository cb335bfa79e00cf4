import { DescribeJobsCommand, type JobDetail } from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../../src/local/process-identity.ts';
import { container, eventually, Rig } from './endpoint-rig.ts';

/** Where a job's container runs, and where it logs. */
function placeOf({ container = {} }: JobDetail) {
  const { containerInstanceArn, taskArn, logStreamName } = container;
  return { containerInstanceArn, taskArn, logStreamName };
}

describe('a job on the local Batch endpoint', () => {
  const rig = new Rig({
    queues: [
      { name: 'gpu', slots: 4 },
      { name: 'narrow', slots: 1 },
      { name: 'closed', slots: 0 },
    ],
  });
  before(async () => {
    await rig.start();
    await rig.register();
  });
  after(() => rig.remove());

  it('goes from its queue through RUNNING to SUCCEEDED and has its times in milliseconds', async () => {
    const before = Date.now();
    const jobId = await rig.submit(`until [ -e "$FOLDER/go" ]; do sleep 0.02; done`);
    const running = await rig.reach(jobId, 'RUNNING');
    assert.equal(running.stoppedAt, undefined);
    assert.deepEqual(running.attempts, []);
    await rig.submit(`touch "$FOLDER/go"`);
    const ended = await rig.reach(jobId, 'SUCCEEDED', 'FAILED');

    assert.equal(ended.status, 'SUCCEEDED');
    assert.equal(ended.statusReason, 'Essential container in task exited');
    const { createdAt = 0, startedAt = 0, stoppedAt = 0 } = ended;
    assert.ok(before <= createdAt && createdAt <= startedAt && startedAt <= stoppedAt && stoppedAt <= Date.now());
    assert.deepEqual(ended.attempts, [
      {
        startedAt,
        stoppedAt,
        statusReason: 'Essential container in task exited',
        container: { ...placeOf(running), networkInterfaces: [], exitCode: 0 },
      },
    ]);
    assert.equal(ended.container?.exitCode, 0);
    const cluster = /^AWSBatch-gpu-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
    const { containerInstanceArn, taskArn, logStreamName } = placeOf(running);
    const [, taskCluster = '', task] =
      /^arn:aws:ecs:us-east-1:123456789012:task\/(.+)\/(.+)$/.exec(taskArn ?? '') ?? [];
    assert.match(taskCluster, cluster);
    assert.match(task ?? '', /^[0-9a-f]{32}$/);
    assert.equal(logStreamName, `holdout-runner/default/${task}`);
    assert.match(
      containerInstanceArn ?? '',
      new RegExp(`^arn:aws:ecs:us-east-1:123456789012:container-instance/${taskCluster}/[0-9a-f]{32}$`),
    );
    assert.equal(ended.jobQueue, 'arn:aws:batch:us-east-1:123456789012:job-queue/gpu');
    assert.equal(ended.jobDefinition, 'arn:aws:batch:us-east-1:123456789012:job-definition/holdout-runner:1');
    assert.equal(ended.jobArn, `arn:aws:batch:us-east-1:123456789012:job/${jobId}`);
  });

  it('waits in RUNNABLE while its queue has no slot', async () => {
    const jobId = await rig.submit('true', { jobQueue: 'closed' });
    const waiting = await rig.reach(jobId, 'RUNNABLE');
    assert.equal(waiting.startedAt, undefined);
  });

  it('fails with the exit code of its runner, and 128 + n when a signal killed it', async () => {
    const [three, killed] = [await rig.submit('exit 3'), await rig.submit('kill -KILL $$')];
    const failed = await rig.reach(three, 'FAILED', 'SUCCEEDED');
    assert.equal(failed.status, 'FAILED');
    assert.equal(failed.statusReason, 'Essential container in task exited');
    assert.equal(failed.attempts?.[0]?.container?.exitCode, 3);
    assert.equal((await rig.reach(killed, 'FAILED', 'SUCCEEDED')).attempts?.[0]?.container?.exitCode, 137);
  });

  it('is cleaned up by reap when it did not exit with 0', async () => {
    const [good, bad] = [await rig.submit('true'), await rig.submit('kill -KILL $$')];
    await rig.reach(good, 'SUCCEEDED');
    await rig.reach(bad, 'FAILED');
    assert.ok(rig.reaped().includes(bad));
    assert.ok(!rig.reaped().includes(good));
  });

  it('gets exactly the environment of its instance and its run key, and nothing from its definition', async () => {
    const script = `tr '\\0' '\\n' </proc/$$/environ >"$FOLDER/environment"`;
    const environment = [{ name: 'NODE_OPTIONS', value: '--import=/tmp/mine.mjs' }];
    await rig.register('variables', { containerProperties: { ...container, environment } });
    const jobId = await rig.submit(script, { jobDefinition: 'variables' });
    await rig.reach(jobId, 'SUCCEEDED');
    const seen = readFileSync(join(rig.folder, 'environment'), 'utf8').trimEnd();
    const names = new Set([...seen.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name));
    const expected = new Set([
      'AWS_BATCH_JOB_ATTEMPT',
      'AWS_BATCH_JOB_ID',
      'AWS_BATCH_JQ_NAME',
      'FOLDER',
      'HOLDOUT_RUN_KEY',
      'PATH',
      'PLACE',
    ]);
    assert.deepEqual(names, expected);
    for (const line of [
      'PLACE=instance',
      `HOLDOUT_RUN_KEY=${script}`,
      `AWS_BATCH_JOB_ID=${jobId}`,
      'AWS_BATCH_JOB_ATTEMPT=1',
      'AWS_BATCH_JQ_NAME=gpu',
    ]) {
      assert.ok(`\n${seen}\n`.includes(`\n${line}\n`), line);
    }
  });

  it('shows submitted environment and resources, which override those of the definition', async () => {
    const resourceRequirements = [
      { type: 'VCPU', value: '4' },
      { type: 'MEMORY', value: '1000' },
    ];
    await rig.register('sized', { containerProperties: { image: 'x', resourceRequirements } });
    const jobId = await rig.submit('true', {
      jobDefinition: 'sized',
      tags: { 'holdout:run': 'a/b/1' },
      containerOverrides: { resourceRequirements: [{ type: 'MEMORY', value: '2000' }] },
    });
    const { container, tags } = await rig.describe(jobId);
    assert.deepEqual(container?.resourceRequirements, [
      { type: 'VCPU', value: '4' },
      { type: 'MEMORY', value: '2000' },
    ]);
    assert.equal(container?.image, 'x');
    assert.deepEqual(container?.environment, [{ name: 'HOLDOUT_RUN_KEY', value: 'true' }]);
    assert.deepEqual(tags, { 'holdout:run': 'a/b/1' });
  });

  it('leaves its runner’s output in runner.log, and no process', async () => {
    const jobId = await rig.submit('echo out; echo err >&2; sleep 300 & echo $! >"$FOLDER/left-behind"');
    await rig.reach(jobId, 'SUCCEEDED');
    assert.equal(readFileSync(join(rig.startUp.stateFolder, 'jobs', jobId, 'runner.log'), 'utf8').trim(), 'out\nerr');
    const leftBehind = await rig.written('left-behind');
    await eventually('the end of the leftover', () => (identify(Number(leftBehind)) === undefined ? true : undefined));
  });

  it('shares a queue of one slot in the order of submission, one at a time', async () => {
    const turn = (name: string): string =>
      `mkdir "$FOLDER/turn" || exit 9; sleep 0.05; rmdir "$FOLDER/turn"; echo ${name} >>"$FOLDER/order"`;
    const jobIds: string[] = [];
    for (const name of ['one', 'two', 'three', 'four', 'five']) {
      jobIds.push(await rig.submit(turn(name), { jobQueue: 'narrow' }));
    }
    for (const jobId of jobIds) await rig.reach(jobId, 'SUCCEEDED');
    assert.equal(readFileSync(join(rig.folder, 'order'), 'utf8'), 'one\ntwo\nthree\nfour\nfive\n');
  });

  it('is missing from DescribeJobs when its id is unknown', async () => {
    const jobId = await rig.submit('true');
    const { jobs } = await rig.client.send(new DescribeJobsCommand({ jobs: ['no-such-job', jobId] }));
    assert.deepEqual(
      jobs?.map((job) => job.jobId),
      [jobId],
    );
    const none = await rig.client.send(new DescribeJobsCommand({ jobs: [] }));
    assert.deepEqual(none.jobs, []);
  });
});
