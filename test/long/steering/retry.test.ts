import assert from 'node:assert/strict';
import type { SubmissionOverview } from '../../../src/client/status/submission-overview.ts';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';

describe('retry from the command line', function () {
  this.timeout(180_000);
  const home = new SimulatedHome({ teams: [2, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 500, unprobed: true });
  const record = new CampaignRecord(home.folder, home.campaign);
  after(() => home.remove());

  const unchanged = async (act: () => Promise<string>): Promise<string> => {
    const [jobs, acts] = [await home.allJobs(), record.commands()];
    const output = await act();
    assert.deepEqual([await home.allJobs(), record.commands()], [jobs, acts]);
    return output;
  };
  const board = async (): Promise<string[]> => {
    const rows = (await home.command(0, 'leaderboard', '--csv')).trim().split('\n').slice(1);
    return rows.map((row) => row.split(',')[0] ?? '').sort();
  };

  before(async () => {
    await home.open({ 's0-0': { end: 'error' }, 's1-0': { end: 'error' }, 's2-0': endless });
    await home.begin();
    await home.until(
      'one finished, two failed, one runs',
      ({ counts }) => counts.finished === 1 && counts.failed === 2 && counts.running === 1,
    );
  });

  it('refuses an invalid selection, and lists the valid ones', async () => {
    const refusals = [
      [[], /select submissions with --submission, --team or --reason/],
      [['--reason', 'submission-eror'], /there is no reason submission-eror.*submission-error/],
      [['--submission', 's2-0'], /not ended yet: s2-0/],
    ] as const;
    for (const [args, why] of refusals)
      assert.match(await unchanged(() => home.command(2, 'retry', ...args, '--yes')), why);
  });

  it('shows why a submission failed, and suggests names for an unknown one', async () => {
    const shown = await home.command(0, 'show', 's0-0');
    assert.match(shown, /^ {2}state {6}failed: submission-error, the team’s fault$/m);
    assert.match(shown, /^ {2}exit {7}1$/m);
    assert.match(shown, /^ {2}why {8}The program exited with a code other than 0\. \(rule: exit-code\)$/m);
    const json = JSON.parse(await home.command(0, 'show', 's0-0', '--json')) as SubmissionOverview;
    assert.deepEqual([json.version, json.reason, json.rounds[0]?.runs[0]?.facts?.exitCode], [1, 'submission-error', 1]);
    assert.match(await home.command(2, 'show', 's0-00'), /has no submission s0-00 \(did you mean s0-0\?\)/);
  });

  it('says how many runs it repeats and at what cost, and changes nothing without --yes', async () => {
    const output = await unchanged(() => home.command(2, 'retry', '--reason', 'submission-error'));
    assert.match(output, /^retry of 2 submissions of 2 teams \(s0-0, s1-0\)$/m);
    assert.match(
      output,
      /^about \$0\.\d+ judging by the runs so far, at most \$[\d.]+; \$[\d.]+ of the budget of \$500\.00 left$/m,
    );
    assert.match(output, /nothing was changed.\n.*--yes/);
  });

  it('repeats one submission while the campaign runs: run numbers continue and the new score counts', async () => {
    assert.deepEqual(await board(), ['t0']);
    await home.behaveNow({ 's2-0': endless });
    await home.command(0, 'retry', '--submission', 's0-0', '--yes', '--why', 'a broken disk');
    await home.until('it finished', ({ counts }) => counts.running === 1 && counts.finished === 2);
    assert.deepEqual((await home.progress()).reasons, { 'submission-error': 1 });
    const { state, runs } = await home.resultOf('s0-0');
    assert.equal(state, 'finished');
    assert.deepEqual(
      runs.map(({ n, reason }) => [n, reason]),
      [
        [1, 'submission-error'],
        [2, null],
      ],
    );
    assert.match(await home.command(0, 'status'), /^  \S+ \S+ retry count=1 \(a broken disk\)$/m);
    assert.match(
      await home.command(0, 'show', 's0-0'),
      /^round 1: failed \(submission-error\)$[^]*^round 2: finished$/m,
    );
  });

  it('repeats every submission that failed for a given reason, and no other', async () => {
    const output = await home.command(0, 'retry', '--reason', 'submission-error', '--yes');
    assert.match(output, /^retry of 1 submission of 1 team \(s1-0\)$/m);
    await home.until('it finished', ({ counts }) => counts.running === 1 && counts.finished === 3);
    assert.deepEqual(await board(), ['t0', 't1']);
  });

  it('repeats a team after the end of the campaign, which continues as the same campaign', async () => {
    await home.command(0, 'cancel', '--submission', 's2-0', '--yes');
    await home.command(3, 'watch');
    const output = await unchanged(() => home.command(2, 'retry', '--team', 't0'));
    assert.match(output, /^retry of 2 submissions of 1 team \(s0-0, s0-1\)$/m);
    await home.command(0, 'retry', '--team', 't0', '--yes');
    await home.command(3, 'watch');
    assert.deepEqual(
      ['s0-0', 's0-1', 's1-0', 's2-0'].map((one) => record.chain(one).length),
      [3, 2, 2, 1],
    );
    assert.match(await home.command(0, 'status'), /has ended/);
  });

  it('repeats submissions that an operator cancelled', async () => {
    await home.behaveNow({});
    assert.match(await home.command(0, 'status'), /retry steered --reason cancelled/);
    await home.command(0, 'retry', '--reason', 'cancelled', '--yes');
    await home.command(0, 'watch');
    assert.equal((await home.resultOf('s2-0')).state, 'finished');
  });

  it('leaves consistent results, ledger, scores and cost, and one job per run', async () => {
    const results = await home.results();
    record.check(results);
    const runs = results.submissions.flatMap((one) => one.runs.map(({ n }) => `steered/${one.submission}/${n}`));
    assert.deepEqual((await home.allJobs()).map(({ runKey }) => runKey).sort(), runs.sort());
    assert.deepEqual(await board(), ['t0', 't1', 't2']);
    assert.match(
      await home.command(0, 'check'),
      /^steered \(ended\): no breach$[^]*, 9 records, 10 workflows, 10 jobs,/m,
    );
  });
});
