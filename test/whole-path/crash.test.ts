import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quick, SimulatedHome } from '../support/campaigns/simulated-home.ts';
import { eventually } from '../support/eventually.ts';
import { CrashControl } from '../support/crash-points/control.ts';
import { programsWithCrashPoints } from '../support/crash-points/programs.ts';

/** Where a repetition would cost most: a second job, another score, a record that nobody knows of. */
const points = [
  'submitCanary.submit-job.after',
  'submitBatchJob.submit-job.after',
  'scoreOutput.write-scores.before',
  'recordResult.write-ledger.after',
  'publishResults.write-results.before',
];

/** Every other point: test/long/survival/crash-points.test.ts. */
describe('a campaign whose worker dies on the way of its submissions', function () {
  this.timeout(300_000);
  const control = new CrashControl(mkdtempSync(join(tmpdir(), 'holdout-crash-')), [], points);
  const home = new SimulatedHome({ teams: [1, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 500, unprobed: true });
  before(async () => {
    control.mode = 'alone';
    await home.open(
      { 's0-0': quick, 's1-0': quick, 's2-0': quick },
      { programs: await programsWithCrashPoints(control) },
    );
  });
  after(async () => {
    await home.remove();
    rmSync(control.folder, { recursive: true, force: true });
  });

  it('ends with one job and one score for each, and nothing to do by hand', async () => {
    await home.begin();
    const campaign = home.temporal.workflow.getHandle(`campaign:${home.campaign}`);
    // `watch` asks the worker, which may be dead for longer than a query waits.
    const isOver = async (): Promise<boolean> => (await campaign.describe()).status.name === 'COMPLETED';
    await eventually('the campaign ends', isOver, { withinMs: 240_000, everyMs: 500 });
    assert.deepEqual(control.died, points.toSorted());
    const found = (await home.results()).submissions.map(({ state, runs }) => [state, runs.length]);
    assert.deepEqual(
      found,
      [1, 2, 3].map(() => ['finished', 1]),
    );
    const runKeys = (await home.allJobs()).map(({ runKey }) => runKey);
    assert.deepEqual(
      runKeys.toSorted(),
      [0, 1, 2].map((team) => `${home.campaign}/s${team}-0/1`),
    );
    assert.match(await home.command(0, 'check'), /no breach/);
  });
});
