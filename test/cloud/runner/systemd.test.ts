import assert from 'node:assert/strict';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import type { RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
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

  it('takes the engine’s word that it ran out of memory, and blames no exit status for it', async () => {
    const allocate = 'dd if=/dev/zero of=/dev/null bs=200M count=1';
    const killed = await run(`sleep 2; exec ${allocate}`);
    assert.deepEqual([killed.end, killed.memory.outOfMemory], [{ kind: 'exited', exitCode: 137 }, 'killed']);
    assert.equal(verdictOf(killed).reason, 'host-out-of-memory');
    const exits = await run('exit 137');
    assert.deepEqual([exits.end, exits.memory.outOfMemory], [{ kind: 'exited', exitCode: 137 }, 'none']);
  });
});
