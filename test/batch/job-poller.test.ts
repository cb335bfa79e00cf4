import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { openBatchClients } from '../../src/batch/batch-clients.ts';
import { JobPoller } from '../../src/batch/job-poller.ts';
import { eventually } from '../support/eventually.ts';
import { faults } from '../support/servers/fault-proxy.ts';
import { BatchRig, pollMs } from './batch-rig.ts';

describe('the job poller', () => {
  let rig: BatchRig;
  before(async () => (rig = await BatchRig.enter()));
  after(() => rig.leave());

  const nothing = (): void => undefined;
  /** Watches until the end of the test. */
  const watch = (jobId: string, leave: AbortSignal): void =>
    void rig.poller.finished(jobId, nothing, leave).catch(nothing);
  let ending: AbortController;
  beforeEach(() => {
    ending = new AbortController();
    setMaxListeners(0, ending.signal);
    rig.proxy.reset();
    rig.failedPolls.length = 0;
  });
  afterEach(() => ending.abort());

  it('asks for 100 jobs per call, however many callers wait', async () => {
    const ids = Array.from({ length: 250 }, (_, n) => `job-${n}`);
    const running = (jobId: string) => ({ jobId, status: 'RUNNING' });
    rig.proxy.inject('describejobs', {
      kind: 'answer',
      change: (_, { jobs }) => ({ jobs: (jobs as string[]).map(running) }),
    });
    for (const jobId of [...ids, ...ids, ...ids.slice(0, 50)]) watch(jobId, ending.signal);
    await eventually('three polls', () => rig.proxy.count('describejobs') >= 9);
    const asked = rig.proxy.bodies('describejobs').map(({ jobs }) => jobs as string[]);
    assert.deepEqual(
      asked.slice(0, 9).map((jobs) => jobs.length),
      [100, 100, 50, 100, 100, 50, 100, 100, 50],
    );
    assert.equal(new Set(asked.slice(0, 3).flat()).size, 250);
  });

  it('does not poll without callers, and tells all callers of a job about its end', async () => {
    const jobId = await rig.submitted(rig.run());
    await rig.reach(jobId, 'SUCCEEDED');
    const asked = rig.proxy.count('describejobs');
    await delay(4 * pollMs);
    assert.equal(rig.proxy.count('describejobs'), asked);
    const both = [1, 2].map(() => rig.poller.finished(jobId, nothing, ending.signal));
    assert.deepEqual(
      (await Promise.all(both)).map((job) => job?.status),
      ['SUCCEEDED', 'SUCCEEDED'],
    );
  });

  it('counts a job as vanished after five polls in a row without it, and ignores failed polls', async () => {
    const jobId = await rig.submitted(rig.run({ until: 'never' }));
    const waiting = rig.poller.finished(jobId, nothing, ending.signal);
    let settled = false;
    void waiting.then(() => (settled = true));
    // The SDK makes five attempts at the first call and one at each later call, so seven polls fail.
    rig.proxy.inject('describejobs', faults.serverError, 5);
    await eventually('a failed poll', () => rig.failedPolls.length === 1);
    rig.proxy.inject('describejobs', faults.denied, 6);
    await eventually('seven failed polls', () => rig.failedPolls.length === 7);
    assert.equal(settled, false);
    rig.proxy.inject('describejobs', faults.noJobsDescribed, 4);
    const before = rig.proxy.count('describejobs');
    await eventually('four empty responses and a full one', () => rig.proxy.count('describejobs') >= before + 6);
    assert.equal(settled, false);
    rig.proxy.inject('describejobs', faults.noJobsDescribed, 5);
    assert.equal(await waiting, undefined);
  });

  it('continues when a response never arrives', async () => {
    const jobId = await rig.submitted(rig.run());
    await rig.reach(jobId, 'SUCCEEDED');
    rig.proxy.reset();
    rig.proxy.inject('describejobs', faults.hang, 1);
    const poller = new JobPoller(openBatchClients({ idleLimitMs: 300 }).batch, pollMs, nothing);
    assert.equal((await poller.finished(jobId, nothing, ending.signal))?.status, 'SUCCEEDED');
    assert.ok(rig.proxy.count('describejobs') >= 2);
  });

  it('leaves a job alone when its caller stops waiting', async () => {
    const jobId = await rig.submitted(rig.run({ until: 'never' }));
    const running = rig.poller.finished(jobId, nothing, ending.signal);
    await rig.reach(jobId, 'RUNNING');
    ending.abort(new Error('away'));
    await assert.rejects(running, { message: 'away' });
    await assert.rejects(rig.poller.finished(jobId, nothing, ending.signal), { message: 'away' });
    assert.equal((await rig.endpoint.describe(jobId)).status, 'RUNNING');
    assert.equal(rig.proxy.count('terminatejob', jobId), 0);
  });
});
