import assert from 'node:assert/strict';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { eventually } from '../../support/eventually.ts';
import { temporalCommand } from '../../support/servers/temporal-command.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

describe('workflows that a stranger or an operator terminated or reset', function () {
  this.timeout(240_000);
  const home = new SimulatedHome({ teams: [1, 1, 1], slots: { g4: 1, p3: 1 }, budgetUsd: 500, unprobed: true });
  const record = new CampaignRecord(home.folder, home.campaign);
  const ids = ['s0-0', 's1-0', 's2-0'];
  let [first, second] = ['', ''];
  after(() => home.remove());

  const running = async (): Promise<string[]> =>
    (await home.activeJobs()).map(({ runKey }) => runKey.split('/')[1] ?? '');
  const reset = async (workflowId: string): Promise<void> => {
    assert.ok(home.stack, 'the home is open');
    const what = ['--workflow-id', workflowId, '--type', 'FirstWorkflowTask', '--reason', 'by mistake'];
    const runId = async () => (await home.temporal.workflow.getHandle(workflowId).describe()).runId;
    const before = await runId();
    await temporalCommand(home.stack, 'workflow', 'reset', ...what);
    assert.notEqual(await runId(), before, 'another run of the workflow');
  };
  const terminate = (workflowId: string) => home.temporal.workflow.getHandle(workflowId).terminate('by mistake');

  before(async () => {
    await home.open(Object.fromEntries(ids.map((id) => [id, endless])));
    await home.begin();
    await home.until('one runs', ({ counts }) => counts.running === 1 && counts.waiting === 2);
    await eventually('its job runs', async () => (await running()).length === 1);
    [first = ''] = await running();
  });

  it('ends the submission’s job, frees its slot for the next one, and records its state', async () => {
    await terminate(`submission:steered:${first}`);
    // The campaign checks every 15 s the submissions that were silent since the previous check.
    await home.until('it has a state', ({ counts }) => counts.failed === 1);
    await eventually('another one runs', async () => (await running()).length === 1);
    [second = ''] = await running();
    assert.notEqual(second, first);
    const { state, reason, fault, runs } = await home.resultOf(first);
    assert.deepEqual([state, reason, fault], ['failed', 'platform-error', 'platform']);
    assert.ok(runs.length === 1 && (runs[0]?.costMicroUsd ?? 0) > 0);
    const { money, counts } = await home.progress();
    assert.equal(money.spent, (runs[0]?.costMicroUsd ?? 0) + money.canaries);
    assert.ok(money.canaries > 0);
    assert.deepEqual([counts.running, counts.waiting], [1, 1]);
    assert.match(await home.command(0, 'status'), /ended because:\n {2}platform-error: 1 \(platform\)/);
    assert.match(await home.command(0, 'show', first), /Its workflow ended without a record\./);
  });

  it('continues a campaign that was reset: nothing is lost or run twice', async () => {
    const [jobs, before] = [await home.activeJobs(), await home.progress()];
    await reset('campaign:steered');
    await home.until('it knows the running submissions', ({ counts }) => counts.running === 1 && counts.waiting === 1);
    const { counts, money } = await home.progress();
    assert.deepEqual([counts, money.spent], [before.counts, before.money.spent]);
    assert.deepEqual(await home.activeJobs(), jobs);
  });

  it('continues a running submission that was reset: its job is followed, not repeated', async () => {
    const jobs = await home.allJobs();
    await reset(`submission:steered:${second}`);
    await home.until('it runs again', ({ counts }) => counts.running === 1 && counts.waiting === 1);
    assert.deepEqual(await home.allJobs(), jobs);
  });

  it('continues a campaign after the same start command: nothing is lost or run twice', async () => {
    await terminate('campaign:steered');
    assert.match(
      await home.command(0, 'status'),
      /is not running, but has open submissions; continue it: npm run start-campaign/,
    );
    const jobs = await home.activeJobs();
    await home.begin();
    await home.until('it knows the running submissions', ({ counts }) => counts.running === 1 && counts.waiting === 1);
    assert.deepEqual(await home.activeJobs(), jobs);
    assert.equal((await home.progress()).counts.failed, 1);
  });

  it('continues when a submission’s workflow was terminated as well: its running job is followed, not repeated', async () => {
    await Promise.all([terminate('campaign:steered'), terminate(`submission:steered:${second}`)]);
    await home.behaveNow({});
    await eventually('the job has ended', async () => (await running()).length === 0);
    await home.holdout(3, 'start', home.file);
    const results = await home.results();
    record.check(results);
    assert.deepEqual(
      results.submissions.map(({ submission, state, runs }) => [submission, state, runs.length]),
      ids.map((id) => [id, id === first ? 'failed' : 'finished', 1]),
    );
    assert.equal((await home.allJobs()).length, ids.length);
  });

  it('repeats terminated submissions on request', async () => {
    await home.command(0, 'retry', '--reason', 'platform-error', '--yes');
    await home.command(0, 'watch');
    const { state, runs } = await home.resultOf(first);
    assert.deepEqual([state, runs.map(({ n }) => n)], ['finished', [1, 2]]);
  });

  it('records nothing again when an ended submission is reset', async () => {
    const [before, jobs] = [await home.results(), await home.allJobs()];
    await reset(`submission:steered:${first}`);
    const handle = home.temporal.workflow.getHandle(`submission:steered:${first}`);
    await eventually('it has ended again', async () => (await handle.describe()).status.name === 'COMPLETED', {
      withinMs: 60_000,
    });
    assert.deepEqual(await home.results(), before);
    assert.deepEqual(await home.allJobs(), jobs);
    record.check(before);
    assert.match(await home.command(0, 'verify'), /the record is intact/);
  });
});
