import { DescribeJobDefinitionsCommand, ListTagsForResourceCommand, TagResourceCommand } from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startJobProcess } from '../../../src/local/batch-endpoint/executors/job-process.ts';
import { identify } from '../../../src/local/process-identity.ts';
import { eventually, Rig, tryKill } from './endpoint-rig.ts';

const hostTerminated = /^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$/;
const untilGo = `touch "$FOLDER/ran-$AWS_BATCH_JOB_ID"; until [ -e "$FOLDER/go" ]; do sleep 0.02; done`;

describe('a Batch endpoint that was killed and restarted over the same folder', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = new Rig({ queues: [{ name: 'gpu', slots: 2 }] });
    await rig.start();
    await rig.register();
  });
  afterEach(() => rig.remove());

  it('lets running jobs end by themselves and starts queued ones in order', async () => {
    const [good, bad] = [await rig.submit(`${untilGo}; sleep 0.3`), await rig.submit(`${untilGo}; exit 7`)];
    const queued = await rig.submit('echo queued ran; exit 0');
    const { startedAt } = await rig.reach(good, 'RUNNING');
    await rig.reach(bad, 'RUNNING');
    await rig.stop('SIGKILL');
    await rig.start();

    const adopted = await rig.describe(good);
    assert.equal(adopted.status, 'RUNNING');
    assert.equal(adopted.startedAt, startedAt);
    assert.equal((await rig.describe(queued)).status, 'RUNNABLE');
    writeFileSync(join(rig.folder, 'go'), '');
    assert.equal((await rig.reach(good, 'SUCCEEDED', 'FAILED')).attempts?.[0]?.container?.exitCode, 0);
    const failed = await rig.reach(bad, 'SUCCEEDED', 'FAILED');
    assert.equal(failed.statusReason, 'Essential container in task exited');
    assert.equal(failed.attempts?.[0]?.container?.exitCode, 7);
    await rig.reach(queued, 'SUCCEEDED');
  });

  it('knows how and when a job ended while no endpoint was running', async () => {
    const jobId = await rig.submit(`${untilGo}; exit 5`);
    const [wrapper, { startedAt = 0 }] = [await wrapperOf(rig, jobId), await rig.reach(jobId, 'RUNNING')];
    await rig.stop('SIGKILL');
    writeFileSync(join(rig.folder, 'go'), '');
    await eventually('the end of the job', () => (identify(wrapper) === undefined ? true : undefined));
    const endedBy = Date.now();
    await rig.start();

    const ended = await rig.reach(jobId, 'FAILED', 'SUCCEEDED');
    assert.equal(ended.attempts?.[0]?.container?.exitCode, 5);
    assert.ok(ended.stoppedAt !== undefined && startedAt <= ended.stoppedAt && ended.stoppedAt <= endedBy);
    assert.ok(rig.reaped().includes(jobId));
  });

  it('reports a lost host for a job that was killed too, billed until the endpoint was last alive', async () => {
    const jobId = await rig.submit(untilGo);
    const wrapper = await wrapperOf(rig, jobId);
    await rig.reach(jobId, 'RUNNING');
    await rig.stop('SIGKILL');
    const died = Date.now();
    tryKill(-wrapper);
    await eventually('the end of the job', () => (identify(wrapper) === undefined ? true : undefined));
    await rig.start();

    const lost = await rig.reach(jobId, 'FAILED', 'SUCCEEDED');
    assert.match(lost.statusReason ?? '', hostTerminated);
    assert.equal(lost.attempts?.[0]?.container?.exitCode, undefined);
    assert.equal(lost.container?.exitCode, undefined);
    assert.equal(lost.attempts?.[0]?.statusReason, lost.statusReason);
    assert.ok(lost.stoppedAt !== undefined && lost.stoppedAt >= (lost.startedAt ?? Infinity) && lost.stoppedAt <= died);
    assert.deepEqual(rig.reaped(), [jobId]);
  });

  it('kills a runner whose wrapper is gone, since its exit status would be lost', async () => {
    const jobId = await rig.submit(`echo $$ >"$FOLDER/runner"; ${untilGo}`);
    const runner = Number(await rig.written('runner'));
    await rig.stop('SIGKILL');
    tryKill(await wrapperOf(rig, jobId));
    await rig.start();
    assert.match((await rig.reach(jobId, 'FAILED', 'SUCCEEDED')).statusReason ?? '', hostTerminated);
    await eventually('the end of the runner', () => (identify(runner) === undefined ? true : undefined));
  });

  it('does not mistake another process with the same pid for its job', async () => {
    const jobId = await rig.submit(untilGo);
    const wrapper = await wrapperOf(rig, jobId);
    await rig.stop('SIGKILL');
    tryKill(-wrapper);
    const process = join(rig.startUp.stateFolder, 'jobs', jobId, 'process');
    const ours = identify(globalThis.process.pid);
    writeFileSync(process, JSON.stringify({ ...ours, startTime: '1' }));
    await rig.start();
    assert.match((await rig.reach(jobId, 'FAILED', 'SUCCEEDED')).statusReason ?? '', hostTerminated);
  });

  it('never runs a job twice that may have started when the endpoint died', async () => {
    const jobId = await rig.submit(`echo once >>"$FOLDER/counted"; ${untilGo}`);
    await rig.written('counted');
    const wrapper = await wrapperOf(rig, jobId);
    await rig.stop('SIGKILL');
    tryKill(-wrapper);
    // As if power had failed after SUBMITTED was stored and a process was started.
    const record = join(rig.startUp.stateFolder, 'jobs', jobId, 'job.json');
    setStatus(record, 'RUNNABLE');
    await rig.start();
    assert.match((await rig.reach(jobId, 'FAILED', 'SUCCEEDED')).statusReason ?? '', hostTerminated);
    assert.equal(await rig.written('counted'), 'once');
  });

  it('fails a job that was about to start, and prevents its process from ever starting', async () => {
    const jobId = await rig.submit(`echo once >>"$FOLDER/counted"; ${untilGo}`);
    await rig.written('counted');
    const wrapper = await wrapperOf(rig, jobId);
    await rig.stop('SIGKILL');
    const died = Date.now();
    tryKill(-wrapper);
    const folder = join(rig.startUp.stateFolder, 'jobs', jobId);
    rmSync(join(folder, 'process'));
    setStatus(join(folder, 'job.json'), 'STARTING');
    await rig.start();
    const lost = await rig.reach(jobId, 'FAILED', 'SUCCEEDED');
    assert.match(lost.statusReason ?? '', hostTerminated);
    assert.ok(lost.stoppedAt !== undefined && lost.stoppedAt <= died);

    const late = startJobProcess(folder, ['/bin/sh', '-c', `echo again >>"${rig.folder}/counted"`], {});
    await once(late, 'exit');
    assert.equal(await rig.written('counted'), 'once');
  });

  it('still has its job definitions, revisions and tags, and its ended jobs with theirs', async () => {
    await rig.register('holdout-runner', { tags: { second: 'yes' } });
    const jobId = await rig.submit('true', { tags: { 'holdout:run': 'a/b/1' } });
    const { jobArn } = await rig.reach(jobId, 'SUCCEEDED');
    const ended = await rig.describe(jobId);
    await rig.client.send(new TagResourceCommand({ resourceArn: jobArn, tags: { later: 'too' } }));
    await rig.stop('SIGKILL');
    await rig.start();

    assert.deepEqual(await rig.describe(jobId), { ...ended, tags: { 'holdout:run': 'a/b/1', later: 'too' } });
    const { tags } = await rig.client.send(new ListTagsForResourceCommand({ resourceArn: jobArn }));
    assert.deepEqual(tags, { 'holdout:run': 'a/b/1', later: 'too' });
    const { jobDefinitions } = await rig.client.send(new DescribeJobDefinitionsCommand({}));
    assert.deepEqual(
      jobDefinitions?.map(({ revision, tags }) => ({ revision, tags })),
      [
        { revision: 2, tags: { second: 'yes' } },
        { revision: 1, tags: {} },
      ],
    );
    assert.equal((await rig.register()).revision, 3);
  });

  it('leaves jobs running at SIGTERM', async () => {
    const jobId = await rig.submit(untilGo);
    const wrapper = await wrapperOf(rig, jobId);
    await rig.reach(jobId, 'RUNNING');
    await rig.stop('SIGTERM');
    assert.equal(rig.endpointProcess.exitCode, 0);
    assert.ok(identify(wrapper));
    await rig.start();
    writeFileSync(join(rig.folder, 'go'), '');
    await rig.reach(jobId, 'SUCCEEDED');
  });
});

const wrapperOf = (rig: Rig, jobId: string): Promise<number> =>
  eventually('the wrapper', () => {
    try {
      return rig.wrapperPid(jobId);
    } catch {
      return undefined;
    }
  });

function setStatus(record: string, status: string): void {
  const job = JSON.parse(readFileSync(record, 'utf8')) as { detail: object };
  writeFileSync(record, JSON.stringify({ ...job, detail: { ...job.detail, status } }));
}
