import assert from 'node:assert/strict';
import { type CanaryOutcome, type CanarySpec, controls } from '../../src/campaign/model/canary.ts';
import { runObjects } from '../../src/object-keys.ts';
import { BatchHost, describeWithDocker } from './batch-host.ts';

describeWithDocker('a canary, started from its job definition as the ECS agent starts it', function () {
  this.timeout(180_000);
  let batch: BatchHost;
  before(async () => (batch = await BatchHost.start()));
  after(() => batch.stop());
  afterEach(async () => assert.deepEqual(await batch.host.leftovers(), []));

  async function putCanary(
    runKey: string,
    instanceClass: CanarySpec['instanceClass'],
    limits: Partial<CanarySpec['limits']> = {},
  ): Promise<CanarySpec> {
    const spec: CanarySpec = {
      version: 1,
      purpose: 'canary',
      runKey,
      instanceClass,
      limits: {
        wallClockSeconds: 60,
        memoryMiB: 128,
        pids: 200,
        outputBytes: 32 << 20,
        sharedMemoryMiB: 32,
        ...limits,
      },
    };
    await batch.rig.store.write(batch.rig.s3.buckets.runs, runObjects.spec(runKey), JSON.stringify(spec));
    return spec;
  }

  const outcomeOf = ({ runKey }: CanarySpec): Promise<CanaryOutcome | undefined> =>
    batch.rig.store.findJson<CanaryOutcome>(batch.rig.s3.buckets.runs, runObjects.outcome(runKey));

  it('finds that every control of docker holds, and measures an emulated device', async () => {
    const spec = await putCanary('c/canary-1/1', { name: 'c4', gpu: 'emulated', gpuMemoryMiB: 40, vcpus: 1 });
    const job = batch.startJob(spec);
    assert.equal(await job.exitCode, 0, job.printed());
    const outcome = await outcomeOf(spec);
    assert.deepEqual(
      outcome?.controls.map(({ control, holds }) => [control, holds]),
      controls.map((control) => [control, true]),
      JSON.stringify(outcome?.controls, null, 1),
    );
    assert.equal(outcome.device?.holds, true, outcome.device?.found);
    assert.match(await batch.host.docker('image', 'ls'), /REPOSITORY/);
    assert.doesNotMatch(await batch.host.docker('image', 'ls'), /holdout\/drill/);
  });

  it('claims no canary on a host without the GPU of the class', async () => {
    const spec = await putCanary('c/canary-2/1', { name: 'g4', gpu: 'nvidia', gpuMemoryMiB: 15_360, vcpus: 1 });
    const job = batch.startJob(spec);
    assert.equal(await job.exitCode, 70, job.printed());
    assert.equal((await batch.trouble(spec))?.code, 'DEVICE_UNREADABLE');
    assert.equal(await batch.isClaimed(spec), false);
  });
});
