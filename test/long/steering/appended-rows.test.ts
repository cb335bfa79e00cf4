import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { resultsOf } from '../../support/campaign-command.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

describe('a campaign file that changed after the start', function () {
  this.timeout(180_000);
  const home = new SimulatedHome({ teams: [1, 1], slots: { g4: 2, p3: 1 }, budgetUsd: 500, unprobed: true });
  const record = new CampaignRecord(home.folder, home.campaign);
  after(() => home.remove());

  const rows = (): string => join(dirname(home.file), 'submissions.csv');
  const row = (team: number, submission: string, image = 'image.tar'): string =>
    `t${team},Team ${team},${submission},${image},2026-01-02T00:00:00Z\n`;
  const append = (...lines: string[]): void => writeFileSync(rows(), readFileSync(rows(), 'utf8') + lines.join(''));
  /** Starts with a changed file, then restores the file. */
  const changed = async (file: string, from: string | RegExp, to: string): Promise<string> => {
    const before = readFileSync(file, 'utf8');
    const after = before.replace(from, to);
    assert.notEqual(after, before);
    writeFileSync(file, after);
    try {
      return await home.holdout(2, 'start', home.file, '--detach', '--yes');
    } finally {
      writeFileSync(file, before);
    }
  };

  before(async () => {
    await home.open({ 's1-0': endless });
    await home.begin();
    await home.until('one finished, one runs', ({ counts }) => counts.finished === 1 && counts.running === 1);
  });

  it('shows the new rows and their cost, and adds nothing without --yes', async () => {
    append(row(0, 's0-1'), row(2, 's2-0'));
    const output = await home.holdout(2, 'start', home.file, '--detach');
    assert.match(
      output,
      /the submissions file has 2 submissions of 2 teams \(s0-1, s2-0\) that steered does not have yet/,
    );
    assert.match(
      output,
      /about \$0\.\d+ judging by the runs so far, at most \$[\d.]+; \$[\d.]+ of the budget of \$500\.00 left/,
    );
    assert.match(output, /nothing was changed.\n.*--yes/);
    assert.deepEqual([record.commands(), (await home.progress()).submissions], [[], 2]);
  });

  it('adds the new rows to the running campaign once, with --yes', async () => {
    assert.match(await home.holdout(0, 'start', home.file, '--detach', '--yes'), /added 2 submissions of 2 teams/);
    await home.until('they finished', ({ counts }) => counts.finished === 3 && counts.running === 1);
    await home.begin();
    assert.equal(record.commands().length, 1);
    assert.match(await home.command(0, 'leaderboard'), /Team 2/);
  });

  it('names each other difference and the command that changes it, and changes nothing', async () => {
    assert.match(
      await changed(home.file, 'usd: 500', 'usd: 600'),
      /budget\.usd: was 500, now 600\n.*\n.*raise-budget steered --usd 600/,
    );
    assert.match(await changed(home.file, 'slots: 2', 'slots: 4'), /set-slots steered --class g4 --slots 4/);
    assert.match(
      await changed(rows(), /^t1,Team 1,s1-0.*\n/m, ''),
      /submissions\.s1-0: was .*, now absent\n.*\n.*cancel steered --submission s1-0/,
    );
    assert.match(
      await changed(rows(), 's0-0,image.tar,2026-01-01', 's0-0,image.tar,2026-01-09'),
      /submissions\.s0-0\.submittedAt: was "2026-01-01.*", now "2026-01-09.*"\n.*Restore what differs/,
    );
    assert.equal(record.commands().length, 1);
  });

  it('accepts the changed file after the named commands were run', async () => {
    const before = readFileSync(home.file, 'utf8');
    await Promise.all([
      home.command(0, 'raise-budget', '--usd', '600'),
      home.command(0, 'set-slots', '--class', 'g4', '--slots', '4'),
    ]);
    writeFileSync(home.file, before.replace('usd: 500', 'usd: 600').replace('slots: 2', 'slots: 4'));
    await home.begin();
    writeFileSync(home.file, before);
    await home.begin();
  });

  it('adds rows to an ended campaign, which continues, and prints the result of one with nothing left to do', async () => {
    await home.command(0, 'cancel', '--submission', 's1-0', '--yes');
    await home.command(3, 'watch');
    // A submission that was cancelled by name may be removed from the file.
    writeFileSync(rows(), readFileSync(rows(), 'utf8').replace(/^t1,Team 1,s1-0.*\n/m, '') + row(2, 's2-1'));
    await home.holdout(2, 'start', home.file);
    assert.match(await home.command(0, 'status'), /has ended/);
    const { status, ...ended } = await home.run('start', home.file, '--json', '--yes');
    assert.equal(status, 3, ended.stderr);
    const results = resultsOf({ status, ...ended });
    assert.equal(results.submissions.find(({ submission }) => submission === 's2-1')?.state, 'finished');
    record.check(results);
    const jobs = (await home.allJobs()).length;
    const again = await home.run('start', home.file, '--json');
    assert.deepEqual([again.status, resultsOf(again)], [3, results]);
    assert.equal((await home.allJobs()).length, jobs);
  });
});
