import assert from 'node:assert/strict';
import { RunnerRig } from './runner-rig.ts';

describe('a runner enforces and measures limits from outside', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const allocate = 'dd if=/dev/zero of=/dev/null bs=200M count=1';

  it('memory: the main process is killed at the limit', async () => {
    const { outcome } = await rig.run(`exec ${allocate}`);
    assert.deepEqual(outcome.end, { kind: 'exited', exitCode: 137 });
    assert.equal(outcome.memory.outOfMemory, 'killed');
    assert.deepEqual([outcome.memory.limitMiB, outcome.memory.peakMiB], [64, 64]);
  });

  it('memory: a child is killed, the parent writes predictions and exits 0', async () => {
    const { outcome } = await rig.run(`${allocate}; echo x > /output/predictions.csv; exit 0`);
    assert.deepEqual(outcome.end, { kind: 'exited', exitCode: 0 });
    assert.equal(outcome.memory.outOfMemory, 'killed');
    assert.equal(outcome.predictions.kind, 'collected');
  });

  it('memory: a full page cache and exit 137 do not count as out of memory', async () => {
    const script = 'dd if=/dev/zero of=/output/big bs=1M count=256 && cat /output/big > /dev/null; exit 137';
    const { outcome } = await rig.run(script, { limits: { outputBytes: 300 << 20 } });
    assert.deepEqual(outcome.end, { kind: 'exited', exitCode: 137 });
    assert.deepEqual([outcome.memory.outOfMemory, outcome.memory.peakMiB], ['none', 64]);
    assert.equal(outcome.output.full, false);
    assert.ok(outcome.output.bytes >= 256 << 20);
  });

  it('memory: other runs of the host do not affect the verdict', async () => {
    const [calm, greedy] = await Promise.all([rig.run('sleep 3'), rig.run(`exec ${allocate}`)]);
    assert.deepEqual([calm.outcome.memory.outOfMemory, greedy.outcome.memory.outOfMemory], ['none', 'killed']);
  });

  it('output: is limited to its size, and a full one is reported', async () => {
    const { outcome, log } = await rig.run('dd if=/dev/zero of=/output/fill bs=1M; exit 0');
    assert.match(log, /No space left on device/);
    assert.equal(outcome.output.full, true);
    assert.ok(outcome.output.bytes >= 16 << 20 && outcome.output.bytes < 26 << 20, String(outcome.output.bytes));
  });

  it('output: any number of files is limited too', async () => {
    const { outcome, log } = await rig.run('i=0; while true > /output/$i; do i=$((i+1)); done; echo stopped at $i');
    assert.match(log, /stopped at 1\d{4}\n/);
    assert.equal(outcome.output.full, true);
  });

  it('processes: a fork bomb is contained', async () => {
    const { outcome, log } = await rig.run('i=0; while [ $i -lt 200 ]; do sleep 20 & i=$((i+1)); echo $i; done');
    assert.match(log, /can't fork/);
    assert.doesNotMatch(log, /^6[4-9]$/m);
    assert.equal(outcome.end.kind, 'exited');
  });

  it('processes: a fork bomb that runs until its time limit leaves nothing', async () => {
    // The waiting shell forks once, before the bomb starts: it would exit if it could not fork.
    const { outcome } = await rig.run('b() { b | b & }; (b) & while :; do :; done', {
      limits: { wallClockSeconds: 2 },
    });
    assert.deepEqual(outcome.end, { kind: 'time-limit' });
  });

  const emulated = { instanceClass: { gpu: 'emulated', gpuMemoryMiB: 32 } } as const;

  it('an emulated GPU: is exhausted at exactly its size', async () => {
    const script = 'dd if=/dev/zero of=$HOLDOUT_GPU_DEVICE/a bs=1M || { stat -c %s $HOLDOUT_GPU_DEVICE/a; exit 1; }';
    const { outcome, log } = await rig.run(script, emulated);
    // The order in which the two streams are read is not defined.
    assert.match(log, /No space left on device/);
    assert.match(log, /^33554432$/m);
    assert.deepEqual(outcome.end, { kind: 'exited', exitCode: 1 });
    assert.deepEqual(outcome.device, { totalMiB: 32, idleMiB: 0, peakMiB: 32, driver: 'emulated' });
    assert.equal(outcome.memory.outOfMemory, 'none');
  });

  it('an emulated GPU: the peak is measured although it was freed', async () => {
    const script =
      'cd $HOLDOUT_GPU_DEVICE; head -c 20971520 /dev/zero > a; sleep 1; rm a; head -c 1048576 /dev/zero > b';
    const { outcome } = await rig.run(script, emulated);
    assert.deepEqual(outcome.device, { totalMiB: 32, idleMiB: 0, peakMiB: 20, driver: 'emulated' });
  });

  it('an emulated GPU: its memory is added to the promised memory', async () => {
    const script =
      'head -c 33554432 /dev/zero > /dev/holdout-gpu/a && exec dd if=/dev/zero of=/dev/null bs=50M count=1';
    const { outcome } = await rig.run(script, emulated);
    assert.deepEqual([outcome.end, outcome.memory.outOfMemory], [{ kind: 'exited', exitCode: 0 }, 'none']);
  });
});
