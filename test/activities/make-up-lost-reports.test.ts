import assert from 'node:assert/strict';
import type { OpenCase } from '../../src/activities/record-terminated-submission.ts';
import type { RunOrder } from '../../src/activities/submit-batch-job.ts';
import { billedFor } from '../../src/batch/billed-seconds.ts';
import { parseRunKey, runKeyOf } from '../../src/ids.ts';
import { chainOf } from '../../src/ledger/ledger.ts';
import { faults } from '../support/servers/fault-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { record, run, submissionOf, type ResultsBucket } from '../ledger/store-rig.ts';
import type { Play } from '../batch/batch-rig.ts';
import { ActivityRig } from './activity-rig.ts';
import type { Grant } from '../../src/campaign/model/messages.ts';
import { runObjects } from '../../src/object-keys.ts';

describe('reconciling submissions whose workflow has ended', () => {
  let rig: ActivityRig;
  let resultsBucket: ResultsBucket;
  before(async () => {
    rig = await ActivityRig.start();
    resultsBucket = rig.results;
    await resultsBucket.freeze('case', { one: ['another'] });
  });
  beforeEach(() => rig.batch.proxy.reset());
  after(() => rig.stop());

  /** A submission of the campaign `case` whose first run follows this play. */
  async function submissionThat(play: Play): Promise<string> {
    const { submission } = parseRunKey(rig.batch.run(play));
    await resultsBucket.add('case', { rounds: [], submissions: [submissionOf('one', submission)] });
    return submission;
  }
  const orderOf = (submission: string, n: number): RunOrder => ({
    campaign: 'case',
    submission,
    n,
    purpose: 'evaluation',
    moreSharedMemory: false,
    class: 'g4',
    image: { reference: 'oci:/images:x', digest: 'sha256:0' },
  });
  const grantOf = (n: number): Grant => ({
    n,
    purpose: 'evaluation',
    rerun: false,
    class: 'g4',
    reserved: 999,
    since: 0,
  });
  const reconcile = (...open: OpenCase[]) => rig.call('reconcile', { campaign: 'case', open });
  const newest = async (submission: string) =>
    (await chainOf(resultsBucket, 'case', submission)).at(-1)?.record ?? assert.fail('no record');
  const costOf = (seconds: number): number => Math.ceil((seconds * 526_000) / 3_600);

  it('leaves a running one alone', async () => {
    const submission = await submissionThat({});
    const handle = await rig.open({ campaign: 'case', submission, sequence: 1 });
    assert.deepEqual(await reconcile({ submission, sequence: 1, held: grantOf(1) }), []);
    assert.deepEqual(await rig.call('endedAmong', { campaign: 'case', submissions: [submission, 'nobody'] }), [
      'nobody',
    ]);
    await rig.terminate(handle);
  });

  it('returns the report of the round’s record, whatever rounds followed', async () => {
    const submission = await submissionThat({});
    await resultsBucket.append(record('case', submission, { runs: [run(1)] }));
    await resultsBucket.append(record('case', submission, { sequence: 2 }));
    const reports = await reconcile({ submission, sequence: 1, held: null });
    const lastRun = { n: 1, purpose: 'evaluation', class: 'g4', billedSeconds: 10, costMicroUsd: 100 };
    assert.deepEqual(reports, [{ submission, sequence: 1, state: 'finished', costMicroUsd: 100, lastRun }]);
  });

  it('records ended runs as the workflow saw them, and ends the running one at its real cost', async () => {
    const submission = await submissionThat({});
    rig.batch.play(runKeyOf('case', submission, 2), { until: 'never' });
    const orders = [1, 2].map((n) => orderOf(submission, n));
    const handle = await rig.open({ campaign: 'case', submission, sequence: 1, orders });
    await rig.batch.claimed(runKeyOf('case', submission, 2));
    await rig.terminate(handle);
    const [report] = await reconcile({ submission, sequence: 1, held: grantOf(2) });
    const { runs, state, reason } = await newest(submission);
    const jobs = await Promise.all([1, 2].map((n) => rig.batch.jobs(runKeyOf('case', submission, n))));
    const billed = await Promise.all(
      jobs.map(async ([job]) => billedFor(await rig.batch.reach(job?.jobId ?? '', 'SUCCEEDED', 'FAILED'))),
    );
    assert.deepEqual([state, reason], ['failed', 'platform-error']);
    assert.deepEqual(
      runs.map(({ n, jobId, reason, billedSeconds }) => [n, jobId, reason, billedSeconds]),
      [
        [1, jobs[0]?.[0]?.jobId, null, billed[0]],
        [2, jobs[1]?.[0]?.jobId, 'platform-error', billed[1]],
      ],
    );
    assert.deepEqual(
      runs.map(({ facts }) => facts?.end),
      ['exited', 'stopped'],
      'both have their facts, from history and from the outcome',
    );
    const { jobId: _, facts: __, ...lastRun } = runs[1] ?? assert.fail();
    assert.deepEqual(report, {
      submission,
      sequence: 1,
      state: 'failed',
      reason: 'platform-error',
      costMicroUsd: costOf(billed[0] ?? NaN) + costOf(billed[1] ?? NaN),
      lastRun,
    });
    assert.deepEqual(
      await reconcile({ submission, sequence: 1, held: grantOf(2) }),
      [report],
      'the same result the second time',
    );
  });

  it('prevents a job that has not begun from running', async () => {
    const submission = await submissionThat({ slowStart: true });
    const runKey = runKeyOf('case', submission, 1);
    const handle = await rig.open({ campaign: 'case', submission, sequence: 1, orders: [orderOf(submission, 1)] });
    await eventually('a job was made', async () => (await rig.batch.jobs(runKey)).length === 1);
    await rig.terminate(handle);
    await reconcile({ submission, sequence: 1, held: grantOf(1) });
    assert.equal(await rig.batch.claim(runKey), 'abandoned');
    const [job] = await rig.batch.jobs(runKey);
    assert.equal((await rig.batch.endpoint.describe(job?.jobId ?? '')).status, 'FAILED');
    assert.deepEqual(rig.batch.ran(runKey), []);
    assert.deepEqual(
      (await newest(submission)).runs.map(({ n }) => n),
      [1],
    );
  });

  it('abandons a run that was granted but never submitted, at no cost', async () => {
    const submission = await submissionThat({});
    const [report] = await reconcile({ submission, sequence: 1, held: grantOf(1) });
    assert.equal(await rig.batch.claim(runKeyOf('case', submission, 1)), 'abandoned');
    assert.equal(report?.costMicroUsd, 0);
    assert.deepEqual(
      (await newest(submission)).runs.map(({ n, jobId }) => [n, jobId]),
      [[1, null]],
    );
  });

  it('finds a run in the runs bucket that neither the history nor the campaign knows', async () => {
    const submission = await submissionThat({ until: 'never' });
    const runKey = runKeyOf('case', submission, 1);
    const spec = { purpose: 'probe', instanceClass: { name: 'g4' } };
    await resultsBucket.store.write(rig.batch.s3.buckets.runs, runObjects.spec(runKey), JSON.stringify(spec));
    await rig.batch.submitted(runKey);
    await rig.batch.claimed(runKey);
    await reconcile({ submission, sequence: 1, held: null });
    const [lost] = (await newest(submission)).runs;
    const [job] = await rig.batch.jobs(runKey);
    assert.deepEqual([lost?.n, lost?.purpose, lost?.class, lost?.jobId], [1, 'probe', 'g4', job?.jobId]);
    assert.equal((await rig.batch.endpoint.describe(job?.jobId ?? '')).status, 'FAILED');
  });

  it('counts the worst case if the cost is unknown', async () => {
    const submission = await submissionThat({ until: 'never' });
    const handle = await rig.open({ campaign: 'case', submission, sequence: 1, orders: [orderOf(submission, 1)] });
    await rig.batch.claimed(runKeyOf('case', submission, 1));
    await rig.terminate(handle);
    rig.batch.proxy.inject('describejobs', faults.noJobsDescribed);
    rig.batch.proxy.inject('terminatejob', faults.unknownJob);
    const [report] = await reconcile({ submission, sequence: 1, held: grantOf(1) });
    assert.equal(report?.costMicroUsd, costOf(4_800));
  });

  it('looks only at the runs of this round', async () => {
    const submission = await submissionThat({});
    const first = record('case', submission, { runs: [run(1), run(2)] });
    await resultsBucket.append(first);
    rig.batch.play(runKeyOf('case', submission, 3), {});
    const order = orderOf(submission, 3);
    const handle = await rig.open({ campaign: 'case', submission, sequence: 2, orders: [order] });
    await eventually('the run has ended', async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).filter((event) => event.activityTaskCompletedEventAttributes).length === 2;
    });
    await rig.terminate(handle);
    await reconcile({ submission, sequence: 2, held: null });
    const { sequence, runs } = await newest(submission);
    assert.equal(sequence, 2);
    assert.deepEqual(
      runs.map(({ n, reason }) => [n, reason]),
      [[3, null]],
    );
  });
});
