import assert from 'node:assert/strict';
import { jobsOfCampaign } from '../../../src/batch/job-lists/campaign-jobs.ts';
import { jobNameOf } from '../../../src/batch/job-name.ts';
import { Rig } from '../../local/batch-endpoint/endpoint-rig.ts';

describe('the jobs of a campaign', () => {
  const rig = new Rig({
    queues: [
      { name: 'gpu', slots: 2 },
      { name: 'closed', slots: 0 },
    ],
  });
  before(async () => {
    await rig.start();
    await rig.register();
  });
  after(() => rig.remove());

  /** The rig runs the run key as a shell script, which is no program: exit code 127. */
  const submit = (runKey: string, jobQueue = 'gpu'): Promise<string> =>
    rig.submit(runKey, { jobName: jobNameOf(runKey), jobQueue });

  it('are those of all its queues and states, over several pages, without those of other campaigns', async () => {
    const ended = [await submit('case/s/1'), await submit('case/s/1')];
    const others = [await submit('case-2/s/1'), await rig.submit('exit 1', { jobName: 'ho-stranger' })];
    for (const jobId of [...ended, ...others]) await rig.reach(jobId, 'FAILED');
    // ListJobs returns 100 jobs per page with a filter, and DescribeJobs takes 100.
    const waiting = await Promise.all(Array.from({ length: 101 }, (_, n) => submit(`case/t/${n + 1}`, 'closed')));
    const queues = new Set(['gpu', 'closed', 'removed']);
    const { jobs, missingQueues } = await jobsOfCampaign(rig.client, 'case', queues);
    assert.deepEqual(missingQueues, ['removed']);
    const [ofS, ofT] = ['case/s/', 'case/t/'].map((place) => jobs.filter(({ runKey }) => runKey.startsWith(place)));
    assert.deepEqual([ofS?.length, ofT?.length, jobs.length], [2, 101, 103]);
    assert.deepEqual(ofS?.map(({ jobId }) => jobId).sort(), ended.sort());
    for (const { state, exitCode, billedSeconds } of ofS ?? []) {
      assert.deepEqual([state, exitCode], ['ended', 127]);
      // Such a job may end within the millisecond in which it starts.
      assert.ok(billedSeconds === 0 || billedSeconds === 1, `it is billed for ${billedSeconds} s`);
    }
    assert.deepEqual(ofT?.map(({ jobId }) => jobId).sort(), waiting.sort());
    assert.deepEqual(new Set(ofT?.map(({ state, startedAt }) => `${state} ${startedAt}`)), new Set(['waiting null']));
  });
});
