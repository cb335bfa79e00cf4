import assert from 'node:assert/strict';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { type CanaryOutcome, type CanarySpec, controls } from '../../../src/campaign/model/canaries/canary.ts';
import type { RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { runObjects } from '../../../src/object-keys.ts';
import { BatchHost, describeWithDocker } from '../batch-host.ts';

describeWithDocker('the runner, with an engine whose control groups systemd makes', function () {
  this.timeout(180_000);
  let batch: BatchHost;
  before(async () => (batch = await BatchHost.start()));
  after(() => batch.stop());
  afterEach(async () => assert.deepEqual(await batch.host.leftovers(), []));

  // As docker with systemd's driver, which AWS has and this machine has not: refuses a path as parent of a group.
  const systemd = `case " $* " in
*CgroupDriver*) echo systemd ;;
*--cgroup-parent=*) echo 'cgroup-parent for systemd cgroup should be a valid slice named as "xxx.slice"' >&2; exit 125 ;;
*) exec docker "$@" ;;
esac`;
  const engine = { name: 'docker', command: ['sh', '-c', systemd, 'docker'], runFlags: [] };
  const run = async (script: string): Promise<RunOutcome> => {
    const spec = await batch.run(script, { limits: { wallClockSeconds: 120 } });
    const definition = batch.definition({ engine: JSON.stringify(engine) });
    const job = batch.startJob(spec, { definition });
    assert.equal(await job.exitCode, 0, job.printed());
    const outcome = await batch.outcome(spec);
    assert.ok(outcome);
    return outcome;
  };

  it('measures the peak of its memory in the group that the engine made', async () => {
    const { end, memory } = await run(
      `dd if=/dev/zero of=/tmp/held bs=1M count=24 && sleep 3 && cat /input/a.txt >/output/predictions.csv`,
    );
    assert.deepEqual([end, memory.outOfMemory], [{ kind: 'exited', exitCode: 0 }, 'none']);
    assert.ok(memory.peakMiB !== null && memory.peakMiB >= 24 && memory.peakMiB <= 64, `${memory.peakMiB} MiB`);
  });

  it('opens a class by its canary, whose controls all hold', async () => {
    const runKey = 'c/canary-systemd/1';
    const instanceClass = { name: 'c4', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1 } as const;
    const limits = { wallClockSeconds: 60, memoryMiB: 128, pids: 200, outputBytes: 32 << 20, sharedMemoryMiB: 32 };
    const spec: CanarySpec = { version: 1, purpose: 'canary', runKey, instanceClass, limits };
    const { runs } = batch.rig.s3.buckets;
    await batch.rig.store.write(runs, runObjects.spec(runKey), JSON.stringify(spec));
    const job = batch.startJob(spec, { definition: batch.definition({ engine: JSON.stringify(engine) }) });
    assert.equal(await job.exitCode, 0, job.printed());
    const outcome = await batch.rig.store.readJson<CanaryOutcome>(runs, runObjects.outcome(runKey));
    assert.deepEqual(
      outcome.controls.map(({ control, holds }) => [control, holds]),
      controls.map((control) => [control, true]),
      JSON.stringify(outcome.controls, null, 1),
    );
  });

  it('takes the engine’s word that it ran out of memory, and blames no exit status for it', async () => {
    const allocate = 'dd if=/dev/zero of=/dev/null bs=200M count=1';
    const killed = await run(`sleep 2; exec ${allocate}`);
    assert.deepEqual([killed.end, killed.memory.outOfMemory], [{ kind: 'exited', exitCode: 137 }, 'killed']);
    assert.equal(verdictOf(killed).reason, 'host-out-of-memory');
    const exits = await run('exit 137');
    assert.deepEqual([exits.end, exits.memory.outOfMemory], [{ kind: 'exited', exitCode: 137 }, 'none']);
  });
});
