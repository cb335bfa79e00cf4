import { CancelJobCommand, ListJobsCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from '../../../src/local/process-identity.ts';
import { eventually, Rig } from './endpoint-rig.ts';

describe('ending jobs on the local Batch endpoint', () => {
  const rig = new Rig({
    queues: [
      { name: 'gpu', slots: 8 },
      { name: 'closed', slots: 0 },
    ],
    killGraceSeconds: 0.5,
  });
  before(async () => {
    await rig.start();
    await rig.register();
  });
  after(() => rig.remove());

  const terminate = (jobId: string, reason: string) => rig.client.send(new TerminateJobCommand({ jobId, reason }));
  const cancel = (jobId: string, reason: string) => rig.client.send(new CancelJobCommand({ jobId, reason }));

  it('TerminateJob reaches the SIGTERM handler of the runner, and not its children', async () => {
    const jobId = await rig.submit(
      `trap 'echo runner >>"$FOLDER/told"; kill -USR1 $child; exit 33' TERM
       (trap 'echo child >>"$FOLDER/told"' TERM; trap 'exit' USR1; while :; do sleep 0.05; done) & child=$!
       echo ready >"$FOLDER/ready"; while :; do sleep 0.05; done`,
    );
    await rig.written('ready');
    await terminate(jobId, 'the operator said so');
    const ended = await rig.reach(jobId, 'FAILED', 'SUCCEEDED');
    assert.equal(await rig.written('told'), 'runner');
    assert.equal(ended.statusReason, 'the operator said so');
    assert.equal(ended.isTerminated, true);
    assert.equal(ended.isCancelled, undefined);
    assert.equal(ended.attempts?.[0]?.container?.exitCode, 33);
    assert.ok(rig.reaped().includes(jobId));
  });

  it('TerminateJob fails a job even when its runner then exits with 0', async () => {
    const jobId = await rig.submit(`trap 'exit 0' TERM; echo >"$FOLDER/polite"; while :; do sleep 0.02; done`);
    await eventually('the trap', () => (existsSync(join(rig.folder, 'polite')) ? true : undefined));
    await terminate(jobId, 'enough');
    const ended = await rig.reach(jobId, 'FAILED', 'SUCCEEDED');
    assert.deepEqual([ended.status, ended.statusReason], ['FAILED', 'enough']);
    assert.equal(ended.container?.exitCode, 0);
  });

  it('TerminateJob kills a runner that ignores SIGTERM after the grace, with all its processes, and reaps', async () => {
    const jobId = await rig.submit(
      `trap '' TERM; sleep 300 & echo $! >"$FOLDER/deaf-child"; while :; do sleep 0.05; done`,
    );
    const child = Number(await rig.written('deaf-child'));
    const asked = Date.now();
    await terminate(jobId, 'enough');
    const asking = await rig.describe(jobId);
    assert.deepEqual([asking.status, asking.isTerminated], ['RUNNING', true]);
    const { stoppedAt = 0, container } = await rig.reach(jobId, 'FAILED', 'SUCCEEDED');
    assert.equal(container?.exitCode, 137);
    assert.ok(stoppedAt - asked >= 500 && stoppedAt - asked < 5_000, `${stoppedAt - asked} ms`);
    await eventually('the end of its child', () => (identify(child) === undefined ? true : undefined));
    assert.ok(rig.reaped().includes(jobId));
  });

  it('a second TerminateJob changes neither the first reason nor an ended job', async () => {
    const jobId = await rig.submit(`trap '' TERM; echo >"$FOLDER/stubborn"; while :; do sleep 0.02; done`);
    await eventually('the trap', () => (existsSync(join(rig.folder, 'stubborn')) ? true : undefined));
    await terminate(jobId, 'first');
    await terminate(jobId, 'second');
    const ended = await rig.reach(jobId, 'FAILED');
    assert.equal(ended.statusReason, 'first');
    await terminate(jobId, 'third');
    await cancel(jobId, 'third');
    assert.deepEqual(await rig.describe(jobId), ended);
  });

  it('TerminateJob right after SubmitJob ends the job, started or not', async () => {
    const jobIds = await Promise.all(Array.from({ length: 6 }, () => rig.submit('exec sleep 300')));
    await Promise.all(jobIds.map((jobId) => terminate(jobId, 'never mind')));
    for (const jobId of jobIds) assert.equal((await rig.reach(jobId, 'FAILED')).statusReason, 'never mind');
  });

  it('TerminateJob and CancelJob fail a queued job at once, which then never starts', async () => {
    const [terminated, cancelled] = [
      await rig.submit('true', { jobQueue: 'closed' }),
      await rig.submit('true', { jobQueue: 'closed' }),
    ];
    await terminate(terminated, 'not needed');
    await cancel(cancelled, 'not wanted');
    const [one, other] = [await rig.describe(terminated), await rig.describe(cancelled)];
    assert.deepEqual([one.status, one.statusReason, one.isTerminated], ['FAILED', 'not needed', true]);
    assert.deepEqual([other.status, other.statusReason, other.isCancelled], ['FAILED', 'not wanted', true]);
    for (const job of [one, other]) {
      assert.equal(job.startedAt, undefined);
      assert.deepEqual(job.attempts, []);
      assert.ok(job.stoppedAt);
    }
    const filters = [{ name: 'JOB_NAME', values: ['job'] }];
    const { jobSummaryList } = await rig.client.send(new ListJobsCommand({ jobQueue: 'closed', filters }));
    assert.deepEqual(
      jobSummaryList?.map(({ isCancelled, isTerminated }) => ({ isCancelled, isTerminated })),
      [
        { isCancelled: true, isTerminated: undefined },
        { isCancelled: undefined, isTerminated: true },
      ],
    );
  });

  it('CancelJob succeeds on a running job without effect', async () => {
    const jobId = await rig.submit('while [ ! -e "$FOLDER/finish" ]; do sleep 0.02; done');
    await rig.reach(jobId, 'RUNNING');
    await cancel(jobId, 'not wanted');
    await rig.submit('touch "$FOLDER/finish"');
    const ended = await rig.reach(jobId, 'SUCCEEDED', 'FAILED');
    assert.deepEqual([ended.status, ended.isCancelled], ['SUCCEEDED', undefined]);
  });

  it('a termination continues after a restart of the endpoint', async () => {
    const jobId = await rig.submit(`trap '' TERM; echo >"$FOLDER/deaf"; while :; do sleep 0.02; done`);
    await eventually('the trap', () => (existsSync(join(rig.folder, 'deaf')) ? true : undefined));
    await terminate(jobId, 'enough');
    await rig.stop('SIGKILL');
    await rig.start();
    const ended = await rig.reach(jobId, 'FAILED', 'SUCCEEDED');
    assert.equal(ended.statusReason, 'enough');
    assert.equal(ended.container?.exitCode, 137);
  });
});
