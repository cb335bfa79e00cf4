import assert from 'node:assert/strict';
import { CampaignRecord } from '../support/campaigns/campaign-record.ts';
import { eventually } from '../support/eventually.ts';
import { endless, SimulatedHome } from '../support/campaigns/simulated-home.ts';

describe('budget, slots and deadline from the command line', function () {
  this.timeout(180_000);
  // The worst case of a run is $10.66, its cost $0.015: the nine tenths for first runs allow two, one after the other.
  const home = new SimulatedHome({
    teams: [1, 1, 1, 1, 1, 1],
    slots: { g4: 1, p3: 1 },
    budgetUsd: 11.87,
    unprobed: true,
  });
  const record = new CampaignRecord(home.folder, home.campaign);
  after(() => home.remove());

  const runningJobs = async (): Promise<number> =>
    (await home.activeJobs()).filter(({ status }) => status === 'RUNNING').length;

  before(async () => {
    await home.open();
    await home.begin();
  });

  it('is blocked when no waiting run fits into the budget, and says so', async () => {
    assert.match(await home.command(3, 'watch'), /2 finished/);
    const { hold, counts, money } = await home.progress();
    assert.deepEqual([hold, counts.finished, counts.waiting], ['budget', 2, 4]);
    assert.ok(money.spent < money.budget);
    assert.match(await home.command(0, 'status'), /blocked: .*budget → npm run holdout -- raise-budget \S+ --usd/);
  });

  it('refuses invalid values with a reason, and changes nothing', async () => {
    const refusals = [
      [['raise-budget', '--usd', '0.01'], /\$0\.01 is less than the amount already spent/],
      [['set-slots', '--class', 'g5', '--slots', '1'], /there is no instance class g5/],
      [['reprioritise', '--team', 't1', '--weight', '-2'], /weight -2 is not between 0\.001 and 1000/],
      [['reprioritise', '--team', 't9', '--weight', '2'], /there is no team t9/],
    ] as const;
    const before = { ...(await home.progress()), operatorsLog: [], forecast: null };
    await Promise.all(
      refusals.map(async ([[command, ...args], why]) => assert.match(await home.command(2, command, ...args), why)),
    );
    assert.deepEqual({ ...(await home.progress()), operatorsLog: [], forecast: null }, before);
    assert.ok(record.commands().every(({ refused, message }) => refused !== undefined && message === null));
  });

  it('continues with a larger budget', async () => {
    await home.behaveNow(Object.fromEntries([0, 1, 2, 3, 4, 5].map((team) => [`s${team}-0`, endless])));
    await home.command(0, 'raise-budget', '--usd', '500');
    await eventually('one runs', async () => (await runningJobs()) === 1);
    assert.equal((await home.progress()).hold, null);
  });

  it('runs more jobs at once with more slots', async () => {
    // Otherwise waiting requests would move there once their own class has no slots.
    await home.command(0, 'set-slots', '--class', 'p3', '--slots', '0');
    await home.command(0, 'set-slots', '--class', 'g4', '--slots', '3');
    await eventually('three run', async () => (await runningJobs()) === 3);
  });

  it('starts nothing without a slot, while running jobs continue', async () => {
    await home.command(0, 'set-slots', '--class', 'g4', '--slots', '0');
    const [first] = await home.activeJobs();
    await home.command(0, 'cancel', '--submission', first?.runKey.split('/')[1] ?? '', '--yes');
    await home.until('it has ended', ({ counts }) => counts.cancelled === 1);
    const { counts, hold } = await home.progress();
    assert.deepEqual([counts.running, counts.waiting, hold], [2, 1, null]);
    assert.equal((await home.activeJobs()).length, 2);
  });

  it('is blocked once the deadline has passed and running jobs have ended, and continues with a later deadline', async () => {
    await home.command(0, 'set-deadline', '--at', new Date().toISOString());
    await home.behaveNow({});
    assert.match(await home.command(3, 'watch'), /4 finished/);
    assert.match(await home.command(0, 'status'), /blocked: the deadline has passed → npm run holdout -- set-deadline/);
    await home.command(0, 'set-deadline', '--at', new Date(Date.now() + 86_400_000).toISOString());
    await home.until('it is blocked by missing slots', ({ hold }) => hold === 'slots');
    await home.command(0, 'set-slots', '--class', 'g4', '--slots', '1');
    await home.command(3, 'watch');
    const results = await home.results();
    record.check(results);
    assert.equal(results.submissions.filter(({ state }) => state === 'finished').length, 5);
  });
});
