import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { itemTimes } from '../../../src/campaign/model/item-times.ts';
import { RunnerRig } from '../../runner/runner-rig.ts';

describe('a runner measures how the predictions grow', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const rows = 'for n in 1 2 3 4 5 6 7 8; do sleep 0.5; echo clip-$n,0.5';

  it('and can separate start-up from items, under both names of the file', async () => {
    for (const name of ['predictions.csv', 'submission.csv']) {
      const { outcome } = await rig.run(`sleep 2; ${rows} >> /output/${name}; done`);
      const { startUpSeconds, secondsPerItem } = itemTimes(outcome, 8);
      assert.ok(Math.abs(secondsPerItem - 0.5) < 0.1, JSON.stringify(outcome.output.growth));
      assert.ok(startUpSeconds !== null && startUpSeconds > 1.5 && startUpSeconds < 4, String(startUpSeconds));
      assert.equal(outcome.output.growth.at(-1)?.share, 1);
    }
  });

  const inputs = Object.fromEntries(
    Array.from({ length: 8 }, (_, n) => [`${n % 2 === 0 ? '' : 'sub/'}clip-${n}`, 'x']),
  );
  /** Writes at the end, as most programs do, after a second per input. */
  const writesAtEnd =
    'sleep 2; for clip in $(find /input -type f); do sleep 1; echo $clip,0.5; done > /tmp/rows; cp /tmp/rows /output/predictions.csv';

  it('and sees one step if they are written at the end', async () => {
    const { outcome } = await rig.run(writesAtEnd, { inputs: await rig.putInputs(inputs) });
    assert.equal(outcome.output.growth.length, 1);
    assert.equal(outcome.shorterRun, null, 'an evaluation is run once');
    assert.equal(itemTimes(outcome, 8).startUpSeconds, null);
  });

  const probe = { purpose: 'probe', instanceClass: { gpu: 'emulated', gpuMemoryMiB: 32 } } as const;

  it('and repeats a probe on fewer inputs if that does not separate them, without other effects', async () => {
    const script = `[ -e /seen ] && exit 1; touch /seen; ${writesAtEnd}; head -c $((1048576 * $(find /input -type f | wc -l))) /dev/zero > $HOLDOUT_GPU_DEVICE/a; echo done`;
    const { outcome, log, runKey } = await rig.run(script, {
      ...probe,
      rootFilesystem: 'writable',
      inputs: await rig.putInputs(inputs),
    });
    assert.equal(outcome.shorterRun?.items, 2);
    const { startUpSeconds, secondsPerItem } = itemTimes(outcome, 8);
    assert.ok(Math.abs(secondsPerItem - 1) < 0.2, JSON.stringify(outcome));
    assert.ok(startUpSeconds !== null && startUpSeconds > 1 && startUpSeconds < 4, JSON.stringify(outcome));
    assert.equal(log, 'done\n');
    assert.deepEqual([outcome.device?.peakMiB, outcome.end], [8, { kind: 'exited', exitCode: 0 }]);
    const collected = await rig.store.read(rig.s3.buckets.runs, `${runKey}/predictions.csv`);
    assert.equal(collected.toString().trimEnd().split('\n').length, 8);
  });

  for (const [fate, script] of Object.entries({ fails: 'exit 1', 'does not end': 'sleep 600' })) {
    it(`and keeps the probe if the second run ${fate}`, async () => {
      const both = `[ $(find /input -type f | wc -l) = 8 ] || ${script}; sleep 10; echo x > /output/predictions.csv`;
      const { outcome } = await rig.run(both, { ...probe, inputs: await rig.putInputs(inputs) });
      assert.deepEqual([outcome.shorterRun, outcome.end], [null, { kind: 'exited', exitCode: 0 }]);
      assert.equal(outcome.predictions.kind, 'collected');
    });
  }

  it('and keeps the first run’s outcome if it is stopped during the second', async () => {
    const script = '[ $(find /input -type f | wc -l) = 8 ] && sleep 10 || sleep 600; echo x > /output/predictions.csv';
    const { runKey } = await rig.putSpec(rig.image(script), { ...probe, inputs: await rig.putInputs(inputs) });
    const runner = rig.startRunner(runKey);
    const part = join(rig.scratch, 'runs', runner.jobId, 'part');
    while (!existsSync(part)) await sleep(50);
    await sleep(1_500);
    runner.process.kill('SIGTERM');
    const { outcome } = await rig.finished(runner);
    assert.deepEqual([outcome.shorterRun, outcome.end], [null, { kind: 'exited', exitCode: 0 }]);
    assert.equal(outcome.predictions.kind, 'collected');
  });

  it('and follows no link and reads no file', async () => {
    const traps = [
      'ln -s /input/a.txt /output/predictions.csv',
      'mkdir /output/predictions.csv',
      'mkfifo /output/predictions.csv',
      'ln -s loop /output/loop; ln -s loop /output/predictions.csv',
    ];
    for (const trap of traps) {
      const { outcome } = await rig.run(`${trap}; sleep 0.5`);
      assert.deepEqual([outcome.output.growth, outcome.predictions.kind], [[], 'refused'], trap);
    }
  });

  it('and keeps few points of a file that changes all the time', async () => {
    const restless =
      'while :; do for n in 1 2 3 4 5; do echo x >> /output/predictions.csv; done; : > /output/predictions.csv; done';
    const { outcome } = await rig.run(restless, { limits: { wallClockSeconds: 3 } });
    assert.deepEqual(outcome.end, { kind: 'time-limit' });
    assert.ok(outcome.output.growth.length <= 64);
  });

  it('and reports the size of the image', async () => {
    const { outcome } = await rig.run('exit 0');
    assert.ok(outcome.imageBytes !== null && outcome.imageBytes > 100_000, String(outcome.imageBytes));
  });
});
