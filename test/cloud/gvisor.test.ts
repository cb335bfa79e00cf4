import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CanaryOutcome, type CanarySpec, controls } from '../../src/campaign/model/canaries/canary.ts';
import type { RunnerError } from '../../src/campaign/model/run-outcome.ts';
import { projectRoot } from '../../src/local/project-root.ts';
import { runObjects } from '../../src/object-keys.ts';
import { RunnerRig } from '../runner/runner-rig.ts';
import { debianPrograms, ProgramsUnavailable } from '../support/debian-programs.ts';

const title = 'a class with isolation: gvisor';

function unavailable(): string | undefined {
  try {
    debianPrograms('runsc', ['runsc']);
    return undefined;
  } catch (error) {
    if (error instanceof ProgramsUnavailable) return error.message;
    throw error;
  }
}

const why = unavailable();

/** The tests of the usual runtime that hold here as well, and those that look at what gVisor does in its own way (docs/isolation.md). */
const usualTests: Record<string, { same: number; differing: readonly string[] }> = {
  'test/runner/traps.test.ts': { same: 7, differing: ['a FIFO'] },
  'test/runner/sandbox/container-flags.test.ts': {
    same: 9,
    differing: ['no program there gets the rights', 'no privileges and gets none', '64-bit system calls'],
  },
  'test/runner/limits.test.ts': { same: 5, differing: ['memory: ', 'processes: '] },
  // It does not tell a missing interpreter from a missing entry point.
  'test/runner/ends.test.ts': { same: 17, differing: ['interpreter-missing'] },
};

(why === undefined ? describe : describe.skip)(why === undefined ? title : `${title} (${why})`, function () {
  this.timeout(120_000);
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const withRunsc = (): NodeJS.ProcessEnv => ({
    PATH: `${join(debianPrograms('runsc', ['runsc']), 'usr/bin')}:${process.env['PATH']}`,
  });
  const gvisor = { name: 'c5', gpu: 'none', gpuMemoryMiB: 0, vcpus: 1, isolation: 'gvisor' } as const;
  const limits = { wallClockSeconds: 60, memoryMiB: 256, pids: 300, outputBytes: 8 << 20, sharedMemoryMiB: 16 };

  async function canary(instanceClass: CanarySpec['instanceClass'], n: number): Promise<CanaryOutcome | undefined> {
    const runKey = `c/canary-${n}/1`;
    const spec: CanarySpec = { version: 1, purpose: 'canary', runKey, instanceClass, limits };
    await rig.store.write(rig.s3.buckets.runs, runObjects.spec(runKey), JSON.stringify(spec));
    const runner = rig.startRunner(runKey, undefined, withRunsc());
    assert.equal(await runner.exitCode, 0, runner.stderr());
    return rig.store.findJson<CanaryOutcome>(rig.s3.buckets.runs, runObjects.outcome(runKey));
  }

  it('holds every control, by its own rules, and measures an emulated device', async () => {
    const outcome = await canary({ ...gvisor, gpu: 'emulated', gpuMemoryMiB: 40 }, 1);
    assert.deepEqual(
      outcome?.controls.map(({ control, holds }) => [control, holds]),
      controls.map((control) => [control, true]),
      JSON.stringify(outcome?.controls, null, 1),
    );
    assert.equal(outcome.device?.holds, true, outcome.device?.found);
  });

  it('runs a submission under the kernel of gVisor, after a drill of its own', async () => {
    const image = rig.image('cat /proc/version; cp /input/a.txt /output/predictions.csv; id -u');
    const { runKey } = await rig.putSpec(image, { instanceClass: gvisor, limits });
    const { log, outcome } = await rig.finished(rig.startRunner(runKey, undefined, withRunsc()));
    assert.match(log, /^Linux version 4\.4\.0 #1 SMP Sun Jan 10/);
    assert.deepEqual([outcome.end, outcome.predictions.kind], [{ kind: 'exited', exitCode: 0 }, 'collected']);
  });

  it('tells a submission that ran out of memory from one that left with 137', async () => {
    const ends = [];
    for (const script of ['exec dd if=/dev/zero of=/dev/null bs=600M count=1', 'exit 137']) {
      const { runKey } = await rig.putSpec(rig.image(script), { instanceClass: gvisor, limits });
      const { outcome } = await rig.finished(rig.startRunner(runKey, undefined, withRunsc()));
      ends.push([outcome.end, outcome.memory.outOfMemory]);
    }
    const end = { kind: 'exited', exitCode: 137 };
    assert.deepEqual(ends, [
      [end, 'killed'],
      [end, 'none'],
    ]);
  });

  for (const [file, { same, differing }] of Object.entries(usualTests)) {
    it(`passes ${same} tests of ${file}`, async function () {
      this.timeout(900_000);
      const source = readFileSync(file, 'utf8');
      for (const title of differing) assert.ok(source.includes(title), `${file} has no test "${title}"`);
      const counts = join(rig.folder, 'counts.json');
      const env = { ...process.env, ...withRunsc(), HOLDOUT_TEST_ISOLATION: 'gvisor', HOLDOUT_TEST_COUNTS: counts };
      const others = differing.length === 0 ? [] : ['--invert', '--grep', differing.join('|')];
      const mocha = spawn('node_modules/.bin/mocha', [...others, file], { cwd: projectRoot(), env, stdio: 'inherit' });
      await once(mocha, 'exit');
      const { passes, failed } = JSON.parse(readFileSync(counts, 'utf8')) as { passes: number; failed: string[] };
      assert.deepEqual({ failed, passes }, { failed: [], passes: same });
    });
  }

  it('claims nothing on a host without runsc', async () => {
    const { runKey } = await rig.putSpec(rig.image('exit 0'), { instanceClass: gvisor });
    const runner = rig.startRunner(runKey);
    assert.equal(await runner.exitCode, 70, runner.stderr());
    const trouble = await rig.store.findJson<RunnerError>(rig.s3.buckets.runs, runObjects.trouble(runKey));
    assert.equal(trouble?.code, 'RUNTIME_MISSING');
    assert.equal(await rig.store.find(rig.s3.buckets.runs, runObjects.claim(runKey)), undefined);
  });

  it('finds a class broken whose runtime is not gVisor', async () => {
    const bin = join(rig.folder, 'bin');
    mkdirSync(bin);
    const script =
      '#!/bin/sh\nfor arg do shift; case "$arg" in --network=none) continue;; esac; set -- "$@" "$arg"; done\nexec runc "$@"\n';
    writeFileSync(join(bin, 'runsc'), script, { mode: 0o755 });
    const { runKey } = await rig.putSpec(rig.image('exit 0'), { instanceClass: gvisor, limits });
    const runner = rig.startRunner(runKey, undefined, { PATH: `${bin}:${process.env['PATH']}` });
    assert.equal(await runner.exitCode, 70, runner.stderr());
    const trouble = await rig.store.findJson<RunnerError>(rig.s3.buckets.runs, runObjects.trouble(runKey));
    assert.equal(trouble?.code, 'ISOLATION_BROKEN');
    assert.match(trouble.message, /system-calls \(its kernel is not gVisor's: Linux version/);
  });
});
