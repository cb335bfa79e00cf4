import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runnerExit, type RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { runObjects } from '../../../src/object-keys.ts';
import { CrashControl } from '../../support/crash-points/control.ts';
import { pointsOf, runnerEffects } from '../../support/crash-points/effects.ts';
import { bundlePreload, settingsOf } from '../../support/crash-points/programs.ts';
import { RunnerRig } from '../../runner/runner-rig.ts';

describe('a runner that dies at a crash point', function () {
  this.timeout(600_000);
  const points = pointsOf(runnerEffects);
  const control = new CrashControl(mkdtempSync(join(tmpdir(), 'holdout-crash-')));
  let rig: RunnerRig;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    rig = await RunnerRig.start();
    control.mode = 'alone';
    env = { NODE_OPTIONS: `--import=${await bundlePreload(control)}`, CRASH_POINTS: settingsOf(control, 'runner') };
  });
  after(async () => {
    await rig.stop();
    rmSync(control.folder, { recursive: true, force: true });
  });

  const find = (key: string): Promise<Buffer | undefined> => rig.store.find(rig.s3.buckets.runs, key);

  for (const point of points)
    it(`${point}: leaves nothing on the host, and its run is never carried out twice`, async () => {
      // An image of its own, so that every runner has to copy it.
      const image = rig.image(`cat /input/*.txt > /output/predictions.csv # ${point}`);
      const { runKey } = await rig.putSpec(image);
      const killed = rig.startRunner(runKey, undefined, env);
      assert.equal(await killed.exitCode, null, killed.stderr());
      rig.reap(killed.jobId);
      assert.ok(control.died.includes(point), `died at ${control.died.join()}`);
      assert.deepEqual(rig.leftOvers(), []);
      await checkObjects(runKey, killed.jobId, point);

      const second = rig.startRunner(runKey);
      const hasClaim = point !== points[0];
      assert.equal(await second.exitCode, hasClaim ? runnerExit.duplicate : runnerExit.done, second.stderr());
      assert.deepEqual(rig.leftOvers(), []);
    });

  /** The outcome is the last object of a run: with it, all others are there. */
  async function checkObjects(runKey: string, jobId: string, point: string): Promise<void> {
    const [claim, outcome, log, predictions] = await Promise.all(
      [runObjects.claim, runObjects.outcome, runObjects.log, runObjects.predictions].map((key) => find(key(runKey))),
    );
    assert.equal(claim?.toString(), point === points[0] ? undefined : jobId);
    assert.equal(outcome !== undefined, point === points.at(-1), 'only the last point comes after the outcome');
    if (!outcome) return;
    assert.ok(log && predictions, 'the log and the predictions come before the outcome');
    assert.equal((JSON.parse(outcome.toString()) as RunOutcome).jobId, jobId);
  }

  it('meets every point of the list, and no other', () => assert.deepEqual(control.met, points.toSorted()));
});
