import assert from 'node:assert/strict';
import type { RunOrder } from '../../src/activities/submit-batch-job.ts';
import { parseRunKey, runKeyOf } from '../../src/ids.ts';
import { submissionOf } from '../ledger/store-rig.ts';
import type { Play } from '../batch/batch-rig.ts';
import { ActivityRig } from './activity-rig.ts';

describe('a round whose workflow lost its history', () => {
  let rig: ActivityRig;
  before(async () => {
    rig = await ActivityRig.start();
    await rig.results.freeze('case', { one: ['another'] });
  });
  after(() => rig.stop());

  async function submissionThat(play: Play): Promise<string> {
    const { submission } = parseRunKey(rig.batch.run(play));
    await rig.results.add('case', { rounds: [], submissions: [submissionOf('one', submission)] });
    return submission;
  }
  const orderOf = (submission: string, n: number, rest: Partial<RunOrder> = {}): RunOrder => ({
    campaign: 'case',
    submission,
    n,
    purpose: 'evaluation',
    moreSharedMemory: false,
    class: 'g4',
    image: { reference: 'oci:/images:x', digest: 'sha256:0' },
    ...rest,
  });
  const runOf = async (handle: Awaited<ReturnType<ActivityRig['open']>>) => (await handle.describe()).runId;
  const reopened = async (submission: string, reopens: string) => {
    const opened = await rig.call('openSubmission', { campaign: 'case', submission, sequence: 1, reopens });
    return opened.reopened ?? assert.fail('it says nothing of earlier runs');
  };

  it('has its runs from S3: one that ended ends again, one that runs is adopted, none begins a second job', async () => {
    const submission = await submissionThat({});
    const keyOf = (n: number): string => runKeyOf('case', submission, n);
    rig.batch.play(keyOf(2), { until: 'never' });
    const orders = [orderOf(submission, 1), orderOf(submission, 2, { moreSharedMemory: true })];
    const handle = await rig.open({ campaign: 'case', submission, sequence: 1, orders });
    await rig.batch.claimed(keyOf(2));
    await rig.call('submitBatchJob', { ...orderOf(submission, 3), withdraw: true });
    await rig.terminate(handle);
    const found = await reopened(submission, await runOf(handle));
    assert.deepEqual(found, {
      runs: orders.map(({ n, purpose, moreSharedMemory, image, class: on }) => ({
        n,
        purpose,
        class: on,
        moreSharedMemory,
        image,
      })),
      highest: 3,
      cancelled: false,
    });
    const [first, second] = found.runs.map((run) => ({ campaign: 'case', submission, ...run }));
    assert.ok(first && second);
    const jobs = await Promise.all([1, 2].map((n) => rig.batch.jobs(keyOf(n))));
    for (const [order, ofRun] of [
      [first, jobs[0]],
      [second, jobs[1]],
    ] as const) {
      const again = await rig.call('submitBatchJob', order);
      assert.deepEqual(again, { kind: 'adopted', jobId: ofRun?.[0]?.jobId });
    }
    const end = await rig.call('awaitBatchJob', { ...first, jobId: jobs[0]?.[0]?.jobId ?? '', giveUp: false });
    assert.deepEqual([end.reason, end.jobId], [null, jobs[0]?.[0]?.jobId]);
    const given = await rig.call('awaitBatchJob', { ...second, jobId: jobs[1]?.[0]?.jobId ?? '', giveUp: true });
    assert.equal(given.jobId, jobs[1]?.[0]?.jobId);
    for (const n of [1, 2]) assert.equal((await rig.batch.jobs(keyOf(n))).length, 1, `run ${n} has one job`);
    const [, ended] = (await reopened(submission, await runOf(handle))).runs;
    assert.equal(ended?.abandoned, undefined, 'its job held the claim');
  });

  it('knows that it was cancelled, which Temporal does not tell its next run', async () => {
    const submission = await submissionThat({});
    const handle = await rig.open({ campaign: 'case', submission, sequence: 1, deaf: true });
    assert.equal((await reopened(submission, await runOf(handle))).cancelled, false);
    await handle.cancel();
    assert.deepEqual(await reopened(submission, await runOf(handle)), {
      runs: [],
      highest: 0,
      cancelled: true,
    });
    await rig.terminate(handle);
  });

  it('opens although Temporal no longer has the run before', async () => {
    const submission = await submissionThat({});
    const gone = '11111111-1111-1111-1111-111111111111';
    assert.deepEqual(await reopened(submission, gone), { runs: [], highest: 0, cancelled: false });
  });
});
