import assert from 'node:assert/strict';
import { itemTimes } from '../../src/campaign/item-times.ts';
import { RunnerRig } from './runner-rig.ts';

describe('a runner watches the predictions grow', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const rows = 'for n in 1 2 3 4 5 6 7 8; do sleep 0.5; echo clip-$n,0.5';

  it('and start-up and items can be told apart, under both names of the file', async () => {
    for (const name of ['predictions.csv', 'submission.csv']) {
      const { outcome } = await rig.run(`sleep 2; ${rows} >> /output/${name}; done`);
      const { startUpSeconds, secondsPerItem } = itemTimes(outcome, 8);
      assert.ok(Math.abs(secondsPerItem - 0.5) < 0.1, JSON.stringify(outcome.output.growth));
      assert.ok(startUpSeconds !== null && startUpSeconds > 1.5 && startUpSeconds < 4, String(startUpSeconds));
      assert.equal(outcome.output.growth.at(-1)?.share, 1);
    }
  });

  it('and sees them come at once where they are written at the end', async () => {
    const { outcome } = await rig.run(`{ ${rows}; done; } > /tmp/rows; cp /tmp/rows /output/predictions.csv`);
    assert.equal(outcome.output.growth.length, 1);
    assert.equal(itemTimes(outcome, 8).startUpSeconds, null);
  });

  it('and follows nothing and reads nothing, whatever lies there', async () => {
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

  it('and keeps little of a file that never rests', async () => {
    const restless =
      'while :; do for n in 1 2 3 4 5; do echo x >> /output/predictions.csv; done; : > /output/predictions.csv; done';
    const { outcome } = await rig.run(restless, { limits: { wallClockSeconds: 3 } });
    assert.deepEqual(outcome.end, { kind: 'time-limit' });
    assert.ok(outcome.output.growth.length <= 64);
  });

  it('and knows the size of the image', async () => {
    const { outcome } = await rig.run('exit 0');
    assert.ok(outcome.imageBytes !== null && outcome.imageBytes > 100_000, String(outcome.imageBytes));
  });
});
