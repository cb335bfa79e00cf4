import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { whyOfReason, whyOfRule } from '../../src/campaign/explanation/why-failed.ts';
import type { CampaignResults } from '../../src/ledger/results.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { openedBySpecification } from '../support/age-by-specification.ts';
import { CampaignHome, leaderboardIn, resultsOf } from '../support/campaign-command.ts';

interface Expected {
  submissions: Record<string, { state: string; reason: string | null; classes: string[]; score?: number }>;
  leaderboard: { team: string; submission: string; score: number }[];
}

describe('npm run start-campaign, the example from the command to the leaderboard', function () {
  this.timeout(240_000);
  const expected = JSON.parse(
    readFileSync(join(projectRoot(), 'examples', 'spliced-clips', 'expected.json'), 'utf8'),
  ) as Expected;
  const home = new CampaignHome();
  let results: CampaignResults;
  let board: string;
  let said: string;
  after(() => home.remove());

  before(async () => {
    const ended = await home.run('start', '--json');
    results = resultsOf(ended);
    board = leaderboardIn(home, 'spliced-clips');
    said = ended.stderr;
    assert.equal(ended.status, 0, ended.stderr);
  });

  it('gives every submission its expected result on its expected classes', () => {
    assert.equal(results.submissions.length, Object.keys(expected.submissions).length);
    for (const { submission, state, reason, runs, score } of results.submissions) {
      const wanted = expected.submissions[submission];
      const classes = runs.filter(({ purpose }) => purpose === 'evaluation').map((run) => run.class);
      assert.deepEqual(
        { state, reason, classes },
        { state: wanted?.state, reason: wanted?.reason, classes: wanted?.classes },
        submission,
      );
      if (wanted?.score === undefined) assert.ok(state !== 'finished' || score !== null, submission);
      else assert.ok(score !== null && Math.abs(score - wanted.score) < 1e-6, `${submission}: ${score}`);
    }
  });

  it('gives every run a class, a reason if it failed, billed seconds and a cost, and adds up the costs', () => {
    const runs = results.submissions.flatMap((submission) => submission.runs);
    for (const run of runs) {
      assert.ok(run.billedSeconds > 0 && Number.isInteger(run.billedSeconds));
      assert.ok(run.costMicroUsd > 0 && Number.isInteger(run.costMicroUsd));
      assert.ok(run.jobId);
    }
    const ofRuns = runs.reduce((sum, run) => sum + run.costMicroUsd, 0);
    const ofCanaries = (results.canaries ?? []).reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
    assert.equal(results.costMicroUsd, ofRuns + ofCanaries);
    assert.equal(
      ofRuns,
      Object.values(results.costByClass).reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0),
    );
  });

  it('opens every class that it uses by one canary, in which every control and the device check hold', () => {
    assert.deepEqual(
      (results.canaries ?? []).map(({ class: name, n, verdict }) => [name, n, verdict]),
      Object.keys(results.costByClass)
        .sort()
        .map((name) => [name, 1, { kind: 'holds' }]),
    );
    assert.ok(
      (results.canaries ?? []).every(({ billedSeconds, costMicroUsd }) => billedSeconds > 0 && costMicroUsd > 0),
    );
  });

  it('says why each submission failed, and how much of its limits every run used', () => {
    const explanations = results.submissions
      .filter(({ state }) => state === 'failed')
      .map(({ submission, why, faults, runs }) => {
        const facts = runs.at(-1)?.facts;
        return [submission, why?.sentence, facts?.rule, facts?.signal ?? facts?.exitCode ?? facts?.end, faults?.count];
      });
    assert.deepEqual(explanations, [
      ['laptop-1', whyOfReason['output-invalid'].sentence, null, 0, 6],
      [
        'memory-palace',
        whyOfRule['host-out-of-memory-record'].sentence,
        'host-out-of-memory-record',
        'SIGKILL',
        undefined,
      ],
      ['night-owl-1', whyOfRule['time-limit'].sentence, 'time-limit', 'time-limit', undefined],
      ['night-owl-2', whyOfRule['exit-code'].sentence, 'exit-code', 1, undefined],
    ]);
    for (const { facts, class: on } of results.submissions.flatMap(({ runs }) => runs)) {
      assert.ok(facts?.startedAt && facts.stoppedAt && facts.startedAt < facts.stoppedAt);
      assert.ok(facts.memory?.limitMiB === 256 && (facts.memory.peakMiB ?? 0) > 0 && facts.limitSeconds > 0);
      assert.equal(facts.device === null, on === 'c4-like');
      assert.equal(facts.batch?.statusReason, 'Essential container in task exited');
      assert.ok(JSON.stringify(facts).length <= 1_024);
    }
  });

  it('shows pseudonyms while it runs', () => {
    for (const { submission, team, teamName } of results.submissions) {
      for (const name of [submission, team, teamName]) assert.ok(!said.includes(name), `${name} in ${said}`);
    }
    assert.match(said, /^ {2}team-[a-z2-9]{5}\/1 +(?:preparing|probing|running)/m);
  });

  it('writes the leaderboard in order, one entry per team', () => {
    const [header, ...rows] = board.trim().split('\n');
    assert.equal(header, 'teamId,teamName,submissionDate,score');
    assert.deepEqual(
      rows.map((row) => row.split(',')[0]),
      expected.leaderboard.map(({ team }) => team),
    );
  });

  it('leaves no process and no mount behind', () => {
    assert.deepEqual(home.leftovers(), []);
  });

  it('prints the same results when it is started again, and runs nothing', async () => {
    const jobs = home.jobs().length;
    const second = await home.run('start', '--json');
    assert.equal(second.status, 0, second.stderr);
    assert.deepEqual(resultsOf(second), results);
    assert.equal(leaderboardIn(home, 'spliced-clips'), board);
    assert.equal(home.jobs().length, jobs);
  });

  it('keeps a hostile submission from the network, the labels and other teams’ files', () => {
    const runs = join(home.folder, 's3', 'holdout-runs', 'spliced-clips', 'label-hunter');
    const [identity = ''] =
      /^AGE.*$/m.exec(readFileSync(join(home.folder, 'seal-keys/spliced-clips.txt'), 'utf8')) ?? [];
    for (const n of ['1', '2']) {
      const log = openedBySpecification(readFileSync(join(runs, n, 'stdout.log')), identity).toString();
      assert.match(log, /^0 of \d\d attempts brought something$/m);
      assert.doesNotMatch(log, /LOOT/);
    }
  });
});
