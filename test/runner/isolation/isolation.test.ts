import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CanaryOutcome, type CanarySpec, controls } from '../../../src/campaign/model/canary.ts';
import type { RunnerError } from '../../../src/campaign/model/run-outcome.ts';
import { runObjects } from '../../../src/object-keys.ts';
import { changedEngine } from '../../support/changed-engine.ts';
import { eventually } from '../../support/eventually.ts';
import { RunnerRig } from '../runner-rig.ts';

describe('a runner and the isolation of its host', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const limits = { wallClockSeconds: 60, memoryMiB: 64, pids: 64, outputBytes: 8 << 20, sharedMemoryMiB: 16 };
  const emulated = { name: 'g4-like', gpu: 'emulated', gpuMemoryMiB: 40, vcpus: 1 } as const;
  let canaries = 0;

  async function putCanary(): Promise<CanarySpec> {
    const runKey = `c/canary-${++canaries}/1`;
    const spec: CanarySpec = { version: 1, purpose: 'canary', runKey, instanceClass: emulated, limits };
    await rig.store.write(rig.s3.buckets.runs, runObjects.spec(runKey), JSON.stringify(spec));
    return spec;
  }

  /** The rig's engine with an argument left out or replaced, and no note of an earlier drill. */
  const brokenEngine = (changes: Parameters<typeof changedEngine>[1]): NodeJS.ProcessEnv => {
    const [, ...flags] = rig.engine.command;
    const command = [changedEngine(join(rig.folder, `engine-${canaries}`), changes), ...flags];
    return { HOLDOUT_ENGINE: JSON.stringify({ ...rig.engine, command, markers: join(rig.folder, 'markers') }) };
  };

  const find = <T>(key: string): Promise<T | undefined> => rig.store.findJson<T>(rig.s3.buckets.runs, key);

  it('a canary tries every control and the device, and writes what held', async () => {
    const { runKey } = await putCanary();
    const runner = rig.startRunner(runKey);
    assert.equal(await runner.exitCode, 0, runner.stderr());
    const outcome = await find<CanaryOutcome>(runObjects.outcome(runKey));
    assert.deepEqual(
      outcome?.controls.map(({ control, holds }) => [control, holds]),
      controls.map((control) => [control, true]),
      JSON.stringify(outcome?.controls),
    );
    assert.deepEqual(outcome.device, {
      holds: true,
      found: '1 × emulated, 40 MiB, driver emulated; 10 MiB taken, 10 MiB measured',
    });
    assert.equal(outcome.jobId, runner.jobId);
    assert.ok(outcome.startedAt < outcome.stoppedAt, `${outcome.startedAt} ${outcome.stoppedAt}`);
  });

  it('a stopped canary has no outcome', async () => {
    const { runKey } = await putCanary();
    const runner = rig.startRunner(runKey);
    await eventually(
      'it is claimed',
      async () => (await rig.store.find(rig.s3.buckets.runs, runObjects.claim(runKey))) !== undefined,
    );
    runner.process.kill('SIGTERM');
    assert.equal(await runner.exitCode, 70, runner.stderr());
    assert.equal((await find<RunnerError>(runObjects.trouble(runKey)))?.code, 'CANARY_STOPPED');
    assert.equal(await find(runObjects.outcome(runKey)), undefined);
  });

  it('nothing is left of a canary whose runner was killed, once it is reaped', async () => {
    const { runKey } = await putCanary();
    const runner = rig.startRunner(runKey);
    const list = (...args: string[]): string => {
      const [program, ...flags] = rig.command;
      return execFileSync(program, [...flags, ...args]).toString();
    };
    const images = (): string => list('images', '--format={{.Repository}}');
    await eventually('it runs', () => list('ps', '--format={{.Names}}').includes(runner.jobId));
    assert.match(images(), /holdout\/drill/);
    runner.process.kill('SIGKILL');
    await runner.exitCode;
    rig.reap(runner.jobId);
    assert.doesNotMatch(images(), /holdout\/drill/);
  });

  it('no run is claimed on a host that does not confine', async () => {
    const { runKey } = await rig.putSpec(rig.image('exit 0'));
    const runner = rig.startRunner(runKey, undefined, brokenEngine({ '--cap-drop=ALL': undefined }));
    assert.equal(await runner.exitCode, 70, runner.stderr());
    const trouble = await find<RunnerError>(runObjects.trouble(runKey));
    assert.equal(trouble?.code, 'ISOLATION_BROKEN');
    assert.match(trouble.message, /capabilities \(CapBnd is /);
    assert.equal(await rig.store.find(rig.s3.buckets.runs, runObjects.claim(runKey)), undefined);
  });

  it('the drill is made once per host, and its note is used by later runs', async () => {
    const markers = join(rig.folder, 'notes');
    const env = { HOLDOUT_ENGINE: JSON.stringify({ ...rig.engine, markers }) };
    const notes = async (): Promise<number[]> => {
      const { runKey } = await rig.putSpec(rig.image('exit 0'));
      await rig.finished(rig.startRunner(runKey, undefined, env));
      return readdirSync(markers).map((name) => statSync(join(markers, name)).ino);
    };
    const first = await notes();
    assert.equal(first.length, 1);
    assert.deepEqual(await notes(), first);
  });
});
