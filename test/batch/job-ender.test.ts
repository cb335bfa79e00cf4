import assert from 'node:assert/strict';
import { DescribeJobsCommand, type JobDetail } from '@aws-sdk/client-batch';
import { JobEnder } from '../../src/batch/job-ender.ts';
import { faults } from '../support/servers/fault-proxy.ts';
import { BatchRig } from './batch-rig.ts';

describe('ending many jobs', () => {
  let rig: BatchRig;
  let ender: JobEnder;
  before(async () => {
    rig = await BatchRig.enter();
    ender = new JobEnder(rig.clients.batch);
  });
  after(() => rig.leave());
  beforeEach(() => rig.proxy.reset());

  const waitingJobs = async (count: number): Promise<string[]> => {
    const jobIds: string[] = [];
    for (let made = 0; made < count; made += 1) jobIds.push(await rig.submitted(rig.run(), 'holdout-p3'));
    return jobIds;
  };
  const reasonsOf = async (jobIds: string[]): Promise<Set<string | undefined>> =>
    new Set((await described(rig, jobIds)).map(({ statusReason }) => statusReason));

  it('takes one call for 50 jobs, and one for each reason', async () => {
    const jobs = await waitingJobs(61);
    const [last = '', ...others] = jobs;
    await Promise.all([...others.map((jobId) => ender.end(jobId, 'abort')), ender.end(last, 'lost')]);
    const calls = rig.proxy.bodies('terminatejobs');
    assert.deepEqual(
      calls.map(({ jobs }) => (jobs as string[]).length).toSorted((one, other) => one - other),
      [10, 50],
    );
    assert.deepEqual(new Set(calls.map(({ reason }) => reason)), new Set(['abort']));
    assert.equal(rig.proxy.count('terminatejob'), 1);
    assert.deepEqual([await reasonsOf(others), await reasonsOf([last])], [new Set(['abort']), new Set(['lost'])]);
  });

  it('resolves for jobs that Batch does not know, and rejects only for those that it could not end', async () => {
    const jobs = await waitingJobs(2);
    const [failing = ''] = jobs;
    const change = ({ successful, errors }: Record<string, unknown>) => ({
      successful: (successful as string[]).filter((jobId) => jobId !== failing),
      errors: [...(errors as object[]), { job: failing, code: 'ServerException', message: 'injected' }],
    });
    rig.proxy.inject('terminatejobs', { kind: 'answer', change });
    const ends = await Promise.allSettled([...jobs, 'unknown'].map((jobId) => ender.end(jobId, 'abort')));
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'fulfilled', 'fulfilled'],
    );
    assert.match(String((ends[0] as PromiseRejectedResult).reason), /ServerException: injected/);
  });

  it('insists on the end of a job until Batch takes the order', async () => {
    const impatient = new JobEnder(rig.clients.batch, 50);
    const jobs = await waitingJobs(1);
    rig.proxy.inject('terminatejob', faults.denied, 3);
    await impatient.insist(jobs[0] ?? '', 'abort', 60_000);
    assert.equal(rig.proxy.count('terminatejob'), 4);
    assert.deepEqual(await reasonsOf(jobs), new Set(['abort']));
    rig.proxy.inject('terminatejob', faults.denied);
    await impatient.insist(jobs[0] ?? '', 'abort', 100);
    assert.ok(rig.proxy.count('terminatejob') < 10, 'it gives up in time');
  });

  it('ends them one by one where Batch does not have or not permit the call, and rejects during an outage', async () => {
    for (const fault of [faults.denied, { kind: 'refuse', status: 404, type: 'UnknownOperationException' } as const]) {
      const jobs = await waitingJobs(3);
      rig.proxy.reset();
      rig.proxy.inject('terminatejobs', fault);
      await Promise.all(jobs.map((jobId) => ender.end(jobId, 'abort')));
      assert.equal(rig.proxy.count('terminatejob'), 3);
      assert.deepEqual(await reasonsOf(jobs), new Set(['abort']));
    }
    const jobs = await waitingJobs(2);
    rig.proxy.inject('terminatejobs', faults.serverError);
    const ends = await Promise.allSettled(jobs.map((jobId) => ender.end(jobId, 'abort')));
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  });
});

/** DescribeJobs takes 100 ids. */
async function described({ endpoint }: BatchRig, jobs: string[]): Promise<JobDetail[]> {
  return (await endpoint.client.send(new DescribeJobsCommand({ jobs }))).jobs ?? [];
}
