import assert from 'node:assert/strict';
import { CampaignRecord } from '../support/campaigns/campaign-record.ts';
import { eventually } from '../support/eventually.ts';
import { endless, SimulatedHome } from '../support/campaigns/simulated-home.ts';

describe('cancel from the command line', function () {
  this.timeout(180_000);
  // A team has at most two open submissions: one runs, one waits, and the third has not started.
  const home = new SimulatedHome({ teams: [3], slots: { g4: 1, p3: 1 }, budgetUsd: 500, unprobed: true });
  const record = new CampaignRecord(home.folder, home.campaign);
  after(() => home.remove());

  const active = async (): Promise<string[]> =>
    (await home.activeJobs()).map(({ runKey }) => runKey.split('/')[1] ?? '');
  let runs = '';
  let waits = '';

  before(async () => {
    await home.open({ 's0-0': endless, 's0-1': endless });
    await home.begin();
    await home.until('one of each', ({ counts: { running, waiting, queued } }) => running + waiting + queued === 3);
    await home.until('one of each', ({ counts }) => counts.running === 1 && counts.waiting === 1);
    await eventually('its job is there', async () => (await active()).length === 1);
    [runs = ''] = await active();
    waits = runs === 's0-0' ? 's0-1' : 's0-0';
  });

  it('counts submissions under way and not started, and ends nothing without --yes', async () => {
    const output = await home.command(2, 'cancel', '--team', 't0');
    assert.match(output, /^cancel of 3 submissions of 1 team \(s0-0, s0-1, s0-2\)$/m);
    assert.match(
      output,
      /^2 under way: their jobs are stopped, but money already spent is not recovered; 1 not started yet$/m,
    );
    assert.deepEqual([await active(), record.commands()], [[runs], []]);
  });

  it('cancels a submission that has not started, so it never starts', async () => {
    await home.command(0, 'cancel', '--submission', 's0-2', '--yes');
    assert.deepEqual(
      record.chain('s0-2').map(({ state, reason, runs, detail }) => [state, reason, runs.length, detail]),
      [['cancelled', 'cancelled', 0, 'It was cancelled before its turn came.']],
    );
    assert.match(await home.command(2, 'cancel', '--submission', 's0-2', '--yes'), /already ended: s0-2/);
  });

  it('cancels a waiting submission, and a running one with its job, whose cost stays spent', async () => {
    await home.command(0, 'cancel', '--submission', waits, '--yes');
    await home.until('it has ended', () => record.chain(waits).length === 1);
    assert.deepEqual([record.chain(waits)[0]?.state, record.chain(waits)[0]?.runs], ['cancelled', []]);
    assert.deepEqual(await active(), [runs]);
    await home.command(0, 'cancel', '--submission', runs, '--yes');
    await home.command(3, 'watch');
    assert.deepEqual(await active(), []);
    const [run] = (await home.resultOf(runs)).runs;
    assert.ok(run?.reason === 'cancelled' && run.billedSeconds > 0 && run.costMicroUsd > 0);
  });

  it('leaves an ended campaign with all three cancelled, and nothing left to cancel', async () => {
    const results = await home.results();
    record.check(results);
    assert.deepEqual(
      results.submissions.map(({ state, fault }) => [state, fault]),
      results.submissions.map(() => ['cancelled', 'operator']),
    );
    assert.match(
      await home.command(2, 'cancel', '--team', 't0', '--yes'),
      /is not running; cancel needs a running campaign/,
    );
  });
});
