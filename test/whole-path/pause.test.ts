import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { CampaignRecord } from '../support/campaigns/campaign-record.ts';
import { eventually } from '../support/eventually.ts';
import { endless, SimulatedHome, type ObservedJob } from '../support/campaigns/simulated-home.ts';

const teams = [0, 1, 2, 3, 4, 5];

describe('pause and reprioritise from the command line', function () {
  this.timeout(180_000);
  const home = new SimulatedHome({
    teams: teams.map(() => 1),
    slots: { g4: 2, p3: 1 },
    budgetUsd: 1_000,
    unprobed: true,
  });
  after(() => home.remove());

  const teamOf = ({ runKey }: ObservedJob): string => runKey.replace(/^steered\/s(\d+)-0\/\d+$/, 't$1');
  const running = async (): Promise<string[]> => (await home.activeJobs()).map(teamOf);
  const submissionOf = (team: string): string => team.replace('t', 's').concat('-0');
  /** Teams in the order in which their jobs began. */
  let kept = '';
  let killed = '';
  let next = '';
  let last = '';

  before(async () => {
    await home.open(Object.fromEntries(teams.map((team) => [`s${team}-0`, endless])));
    // With one attempt, a charged run would end its submission, so a stopped run must not be charged.
    writeFileSync(home.file, readFileSync(home.file, 'utf8').replace('attempts: 3', 'attempts: 1'));
    await home.begin();
    await home.until('two run, the others wait', ({ counts }) => counts.running === 2 && counts.waiting === 4);
    await eventually('two jobs run', async () => {
      const jobs = await home.activeJobs();
      return jobs.length === 2 && jobs.every((job) => job.status === 'RUNNING');
    });
    [kept = '', killed = ''] = await running();
  });

  it('lets the running job of a paused team continue', async () => {
    assert.match(
      await home.command(0, 'pause', '--team', kept),
      /^done: pause t\d; at most 1 running job may finish$/m,
    );
    await delay(2_000);
    assert.deepEqual(await running(), [kept, killed]);
    assert.match(await home.command(0, 'status'), new RegExp(`paused teams:\n  ${kept}`));
  });

  it('ends only the running job of a team paused with --kill, and gives its slot to a waiting submission', async () => {
    assert.match(await home.command(0, 'pause', '--team', killed, '--kill'), /stop now, uncharged/);
    await eventually('another team runs', async () => {
      const [first, second = ''] = await running();
      next = second;
      return first === kept && second !== '' && second !== killed;
    });
    await home.until('the stopped submission waits', ({ counts }) => counts.running === 2 && counts.waiting === 4);
  });

  it('shows that the stopped submission waits, for what and why, and that its run was stopped', async () => {
    await eventually('results say so, by a list that may be behind', async () => {
      const { state, underWay } = await home.resultOf(submissionOf(killed));
      return state === 'waiting' && underWay?.stage === 'waiting' && underWay.class === 'g4';
    });
    const shown = (await home.command(0, 'show', submissionOf(killed))).replaceAll(/\n {13}/g, ' ');
    assert.match(shown, /^ {2}now {8}waiting for run 2, an evaluation on g4( or p3)?, since .* UTC$/m);
    assert.match(shown, new RegExp(`^ {2}because {4}its team is paused: .* resume steered --team ${killed}$`, 'm'));
    assert.match(shown, /^run 1, evaluation on g4: stopped from outside$/m);
    assert.match(await home.command(0, 'show', submissionOf(kept)), /^run 1, evaluation on g4: under way$/m);
  });

  it('gives the next free slot to a prioritised team, although it requested last', async () => {
    const idle = teams.map((team) => `t${team}`).filter((team) => ![kept, killed, next].includes(team));
    last = idle.at(-1) ?? '';
    await home.command(0, 'reprioritise', '--team', last, '--priority', '1');
    await home.command(0, 'set-slots', '--class', 'g4', '--slots', '3');
    await eventually('one more runs', async () => (await running()).length === 3);
    assert.deepEqual(await running(), [kept, next, last]);
  });

  it('starts nothing after a pause of the whole campaign is confirmed, and continues within a second of resume', async () => {
    await home.command(0, 'pause');
    // No run has worked on g4 yet, so that it has three at a time, however many slots it has.
    await home.command(0, 'pause', '--team', next, '--kill');
    await eventually('a slot is free', async () => (await running()).length === 2);
    await delay(1_500);
    assert.deepEqual(await running(), [kept, last]);
    await home.command(0, 'resume');
    const answered = Date.now();
    await home.until('the slot is taken', ({ counts }) => counts.running === 3);
    const tookMs = Date.now() - answered;
    assert.ok(tookMs < 1_000, `${tookMs} ms`);
    await eventually('its job is there', async () => (await running()).length === 3);
  });

  it('repeats the stopped run after resume, uncharged, with the next number', async () => {
    await home.behaveNow({});
    await home.command(0, 'resume', '--team', kept);
    for (const team of [killed, next]) await home.command(0, 'resume', '--team', team);
    await home.command(0, 'watch');
    const results = await home.results();
    new CampaignRecord(home.folder, home.campaign).check(results);
    const { state, runs } = await home.resultOf(submissionOf(killed));
    assert.equal(state, 'finished');
    assert.deepEqual(
      runs.map(({ n, reason }) => [n, reason]),
      [
        [1, 'cancelled'],
        [2, null],
      ],
    );
    assert.equal((await home.resultOf(submissionOf(kept))).runs.length, 1);
  });
});
