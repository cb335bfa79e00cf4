import assert from 'node:assert/strict';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { eventually } from '../../support/eventually.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

const shape: ConstructorParameters<typeof SimulatedHome>[0] = {
  teams: [2, 3, 3],
  slots: { g4: 3, p3: 1 },
  budgetUsd: 500,
  unprobed: true,
};
const ids = ['s0-0', 's0-1', 's1-0', 's1-1', 's1-2', 's2-0', 's2-1', 's2-2'];
const allEndless = Object.fromEntries(ids.map((id) => [id, endless]));

const runningSubmissions = async (home: SimulatedHome): Promise<string[]> =>
  (await home.activeJobs()).map(({ runKey }) => runKey.split('/')[1] ?? '').sort();

/** Starts the campaign; returns its finished submission once three others run and four wait for a start or a run. */
async function startAndWait(home: SimulatedHome): Promise<string> {
  await home.open(allEndless);
  await home.begin();
  await home.until('three run', ({ counts }) => counts.running === 3);
  await eventually('three jobs run', async () => (await home.activeJobs()).length === 3);
  const [first = ''] = await runningSubmissions(home);
  const { [first]: _quick, ...others } = allEndless;
  await home.behaveNow(others);
  await home.until('one has finished', ({ counts }) => counts.finished === 1 && counts.running === 3);
  await eventually('three jobs run', async () => (await home.activeJobs()).length === 3);
  return first;
}
const openWorkflows = async (home: SimulatedHome): Promise<string[]> => {
  const found: string[] = [];
  for await (const { workflowId } of home.temporal.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
    found.push(workflowId);
  }
  return found;
};

describe('close from the command line', function () {
  this.timeout(180_000);
  const home = new SimulatedHome(shape);
  const record = new CampaignRecord(home.folder, home.campaign);
  let kept: string[] = [];
  after(() => home.remove());
  before(async () => {
    const finished = await startAndWait(home);
    kept = [finished, ...(await runningSubmissions(home))].sort();
  });

  it('explains the effect, and does nothing without --yes', async () => {
    const output = await home.command(2, 'close');
    assert.match(output, /3 running jobs may finish; nothing else starts/);
    assert.match(output, /4 queued or waiting submissions will end without a result; results kept: 1;/);
    assert.equal((await home.progress()).closing, null);
    assert.equal(record.commands().length, 0);
  });

  it('lets running jobs finish, cancels waiting submissions, publishes the results and ends', async () => {
    await home.command(0, 'close', '--yes', '--why', 'enough');
    assert.match(await home.command(0, 'status'), /steered is closing/);
    assert.match(await home.command(2, 'retry', '--submission', kept[0] ?? '', '--yes'), /the campaign is closing/);
    assert.equal((await home.activeJobs()).length, 3);
    await home.behaveNow({});
    await home.command(3, 'watch');
    const results = await home.results();
    record.check(results);
    const finished = results.submissions.filter(({ state }) => state === 'finished').map((one) => one.submission);
    assert.deepEqual(finished.sort(), kept);
    for (const { submission, state, reason, runs } of results.submissions) {
      if (finished.includes(submission)) continue;
      assert.deepEqual([state, reason, runs], ['cancelled', 'cancelled', []], submission);
    }
    assert.deepEqual([await home.activeJobs(), await openWorkflows(home)], [[], []]);
  });

  it('can be reopened by a retry of the cancelled submissions', async () => {
    const [cutOff = ''] = ids.filter((id) => !kept.includes(id));
    await home.command(0, 'retry', '--submission', cutOff, '--yes');
    await home.command(3, 'watch');
    assert.equal((await home.resultOf(cutOff)).state, 'finished');
  });

  it('leaves a record that verify finds intact', async () => {
    assert.match(await home.command(0, 'verify'), /^steered: the record is intact$/m);
  });
});

describe('abort from the command line', function () {
  this.timeout(180_000);
  const home = new SimulatedHome(shape);
  const record = new CampaignRecord(home.folder, home.campaign);
  let finished = '';
  after(() => home.remove());
  before(async () => {
    finished = await startAndWait(home);
  });

  it('says what is discarded, and does nothing without --yes', async () => {
    assert.match(await home.command(2, 'abort'), /3 running jobs will be stopped and their work is lost/);
    assert.equal((await home.activeJobs()).length, 3);
  });

  it('ends every job, workflow and reservation, and keeps finished results', async () => {
    await home.command(0, 'abort', '--yes');
    await home.command(3, 'watch');
    assert.deepEqual([await home.activeJobs(), await openWorkflows(home)], [[], []]);
    const results = await home.results();
    record.check(results);
    assert.deepEqual(results.submissions.map(({ submission }) => submission).sort(), ids);
    for (const { submission, state, runs } of results.submissions) {
      assert.equal(state, submission === finished ? 'finished' : 'cancelled', submission);
      assert.ok(runs.every(({ costMicroUsd }) => costMicroUsd > 0));
    }
    assert.match(await home.command(0, 'leaderboard'), new RegExp(finished));
    assert.match(await home.command(0, 'verify'), /^steered: the record is intact$/m);
  });

  it('does the same for a campaign whose workflow was terminated while its jobs continue', async () => {
    await home.command(0, 'retry', '--reason', 'cancelled', '--yes');
    await home.until('three run again', ({ counts }) => counts.running === 3);
    await eventually('three jobs run', async () => (await home.activeJobs()).length === 3);
    await home.temporal.workflow.getHandle(`campaign:${home.campaign}`).terminate('by mistake');
    assert.match(await home.command(2, 'abort'), /open submissions: 7; the campaign’s workflow is not running/);
    await home.command(0, 'abort', '--yes');
    await home.command(3, 'watch');
    assert.deepEqual([await home.activeJobs(), await openWorkflows(home)], [[], []]);
    record.check(await home.results());
    assert.match(await home.command(2, 'abort', '--yes'), /is not running; abort needs a running campaign/);
    assert.match(await home.command(0, 'verify'), /^steered: the record is intact$/m);
  });
});
