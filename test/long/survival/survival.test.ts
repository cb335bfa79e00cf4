import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CampaignResults } from '../../../src/ledger/results.ts';
import { buildExample } from '../../../examples/spliced-clips/build.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { CampaignHome, leaderboardIn, resultsOf, type Ended, type Started } from '../../support/campaign-command.ts';
import { eventually } from '../../support/eventually.ts';
import { partOfExample } from '../../support/campaigns/part-of-example.ts';

describe('a campaign whose processes are killed', function () {
  this.timeout(1_500_000);
  const chosen = ['coin-toss', 'edge-reader-1', 'motion-lab-1', 'motion-lab-2', 'laptop-2', 'big-model'];
  const home = new CampaignHome();
  let results: CampaignResults;
  let claims: Map<string, string>;
  after(() => home.remove());

  before(async () => {
    const example = await buildExample(join(new ToolCache().folder, 'examples', 'spliced-clips'), () => undefined);
    const file = partOfExample(example, home.folder, chosen);
    // On a busy machine the example's own limit of 15 s would end runs that are only slow.
    const written = readFileSync(file, 'utf8');
    assert.ok(written.includes('wallClock: 15s'));
    writeFileSync(file, written.replace('wallClock: 15s', 'wallClock: 2m'));
    const ended = (count: number) => () => home.jobs().filter((job) => job.ended).length >= count;
    const start = (): Started => home.start(['start', file, '--json']);
    const someRun = (): boolean => home.runnersAlive().length > 0;

    const first = start();
    await first.until('two runs are over and one is under way', () => ended(2)() && someRun());
    process.kill(home.pidOf('worker'), 'SIGKILL');
    await first.until('runs end after the worker was killed', ended(4));
    // It would otherwise end by itself about when the stack does.
    const paused: number[] = [];
    const pauseOne = (): boolean => {
      const [runner] = home.runnersAlive();
      if (runner !== undefined) process.kill(runner, 'SIGSTOP');
      paused.push(...home.runnersAlive().filter((pid) => pid === runner));
      return paused.length > 0;
    };
    await first.until('a run is under way', pauseOne);
    home.killStack(first);
    assert.deepEqual(
      home.runnersAlive().filter((pid) => paused.includes(pid)),
      paused,
      'runners outlive the stack',
    );
    for (const pid of paused) process.kill(pid, 'SIGCONT');
    await first.end();

    const second = start();
    await second.until('runs end after the whole stack was killed', ended(6));
    await second.until('a run is under way', someRun);
    home.killStack(second);
    home.killRuns();
    await second.end();

    const last = await start().end();
    results = resultsOf(last);
    assert.equal(last.status, 0, last.stderr);
    claims = new Map(
      home
        .jobs()
        .map(({ runKey }) => [runKey, readFileSync(join(home.folder, 's3/holdout-runs', runKey, 'claim'), 'utf8')]),
    );
  });

  it('ends with the leaderboard of an undisturbed campaign', () => {
    const { leaderboard } = JSON.parse(
      readFileSync(join(projectRoot(), 'examples/spliced-clips/expected.json'), 'utf8'),
    ) as { leaderboard: { team: string; submission: string; score: number }[] };
    const rows = leaderboardIn(home, results.campaign).trim().split('\n').slice(1);
    assert.deepEqual(
      rows.map((row) => [row.split(',')[0], Number(row.split(',').at(-1))]),
      leaderboard
        .filter(({ submission }) => chosen.includes(submission))
        .map(({ team, score }) => [team, Number(score.toPrecision(5))]),
    );
  });

  it('claims no run twice: a job without the claim was a duplicate or died before it could claim', () => {
    for (const { id, runKey } of home.jobs()) {
      const holder = claims.get(runKey);
      // A job that never began has no exit status; no other job may run in its place.
      if (holder === id || holder === 'abandoned') continue;
      const exit = readFileSync(join(home.folder, 'batch/jobs', id, 'exit'), 'utf8').trim();
      assert.ok(exit.startsWith('64'), `${id} ran ${runKey}, which ${holder} holds: exit ${exit}`);
    }
  });

  it('explains every extra run, and loses no job', () => {
    const known = new Set<string | null>();
    for (const { submission, runs } of results.submissions) {
      const undisturbed = submission === 'motion-lab-2' ? 3 : 2;
      const further = runs.filter(({ reason }) => reason === 'spot-reclaimed' || reason === 'platform-error');
      assert.equal(runs.length - further.length, undisturbed, `${submission}: ${JSON.stringify(runs)}`);
      assert.deepEqual(
        runs.map(({ n }) => n),
        runs.map((_, index) => index + 1),
      );
      for (const { jobId } of runs) known.add(jobId);
    }
    for (const { jobId } of results.canaries ?? []) known.add(jobId);
    for (const { id, runKey } of home.jobs()) {
      assert.ok(known.has(id) || claims.get(runKey) !== id, `job ${id} of ${runKey} is in no record`);
    }
  });

  it('leaves a record that verify finds intact, and breaks no invariant', async () => {
    // The last start closed its stack.
    const up = home.start(['local', 'up']);
    let verified: Ended = { status: null, stdout: '', stderr: '' };
    const hasStack = async (): Promise<boolean> => {
      verified = await home.run('verify', results.campaign);
      return !verified.stderr.includes('No embedded stack is up');
    };
    await eventually('the stack is up', hasStack, { withinMs: 60_000 });
    const checked = await home.run('check', results.campaign);
    await home.run('local', 'down');
    await up.end();
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    assert.match(
      checked.stdout,
      /^orphans: 0 jobs without a workflow, 0 workflows without a job, 0 containers without a claim$/m,
    );
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
    assert.match(verified.stdout, /: the record is intact$/m);
  });

  it('leaves no process and no mount behind', () => {
    assert.deepEqual(home.leftovers(), []);
  });
});
