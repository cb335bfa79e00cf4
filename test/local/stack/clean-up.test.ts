import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { isCgroupV2 } from '../../../src/local/cgroups.ts';
import { runCommand, type CommandResult } from '../../../src/run-command.ts';
import { jobsFolder } from '../../../src/local/stack/parts/batch.ts';
import { cleanUp } from '../../../src/local/stack/clean-up.ts';
import { writeJsonFile } from '../../../src/local/json-file.ts';
import { identify, writeProcess } from '../../../src/local/process-identity.ts';
import { jobsOnHost } from '../../../src/local/stack/remains.ts';
import { openIdentity } from '../../../src/local/stack/home/home-identity.ts';
import { openHome, type Home } from '../../../src/local/stack/home/home.ts';
import { openShortPaths, shortPathsOf } from '../../../src/local/stack/home/short-paths.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import type { EngineSettings } from '../../../src/runner/runner-settings.ts';
import { openEngine } from '../../../src/local/tools/open-engine.ts';
import { tinyElf } from '../../support/images/tiny-elf.ts';

const image = 'localhost/holdout/waits:1';
/** Calls pause(2) in an endless loop. */
const waits = tinyElf(Buffer.from('b8220000000f05ebf7', 'hex'));

describe('the remains of a killed run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-clean-up-'));
  const jobId = randomUUID();
  let home: Home;
  let engine: EngineSettings;
  let otherProcess = 0;

  const call = ([program = '', ...flags]: string[], args: string[], input?: Buffer): Promise<CommandResult> =>
    runCommand(program, [...flags, ...args], input === undefined ? {} : { input });
  const containers = async (): Promise<string> => (await call(engine.command, ['ps', '--all', '--quiet'])).stdout;
  const cgroups = (): string[] =>
    (isCgroupV2() ? ['/sys/fs/cgroup'] : readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`)).filter(
      (hierarchy) => existsSync(join(hierarchy, 'holdout', jobId)),
    );
  const mounts = (): boolean => readFileSync('/proc/self/mountinfo', 'utf8').includes(basename(folder));

  const run = (...flags: string[]): Promise<CommandResult> =>
    call(engine.command, ['run', '--detach', '--network=none', ...flags, image, '/waits']);

  before(async () => {
    // All separators of mounts, options and references.
    home = openHome(join(folder, 'Zoë’s "c++" [1],b:c@d\\e?f#g%20\n', 'h'.repeat(200)));
    mkdirSync(join(jobsFolder(home), jobId), { recursive: true });
    engine = await openEngine(home, new ToolCache(), () => undefined);
    const archive = pack();
    archive.entry({ name: 'waits', mode: 0o755 }, waits);
    archive.finalize();
    assert.equal((await call(engine.command, ['import', '-', image], await buffer(archive))).status, 0);
  });

  after(async () => {
    // The engine loses sight of it when the short paths are removed.
    if (otherProcess > 0) process.kill(otherProcess, 'SIGKILL');
    await call(engine.command, ['rm', '--all', '--force', '--time=0']);
    await call(engine.command, ['rmi', '--force', image]);
    await cleanUp(home, engine);
    rmSync(folder, { recursive: true, force: true });
  });

  it('are found by their job, then removed: container, mounts and control groups; another home’s container stays', async function () {
    if (engine.name !== 'podman') this.skip(); // Docker under systemd accepts no path as a parent group.
    const device = join(home.scratch, 'runs', jobId, 'device');
    mkdirSync(device, { recursive: true });
    assert.equal((await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', device])).status, 0);
    const limits = engine.runFlags.filter((flag) => !flag.startsWith('--label'));
    const mine = await run(...engine.runFlags, `--name=ho-${jobId}-1`, `--cgroup-parent=/holdout/${jobId}`);
    const other = await run(...limits, '--label=holdout.home=/another/home');
    assert.equal(mine.status, 0, mine.stderr);
    assert.equal(other.status, 0, other.stderr);
    const { stdout } = await call(engine.command, ['inspect', '--format={{.State.Pid}}', other.stdout.trim()]);
    otherProcess = Number(stdout);
    assert.ok(cgroups().length > 0 && mounts());
    writeProcess(join(jobsFolder(home), jobId, 'process'), identify(process.pid));

    const found = async (job: string): Promise<Record<string, string[]>> => {
      const { remains, unlisted } = await jobsOnHost(home, new Set([job]));
      assert.equal(unlisted, undefined);
      assert.ok(remains.every((one) => one.jobId === job));
      const byKind: Record<string, string[]> = {};
      for (const { kind, what } of remains) (byKind[kind] ??= []).push(what);
      return byKind;
    };
    writeJsonFile(home.stack, { engine });
    const { mount, ...others } = await found(jobId);
    assert.deepEqual(mount, [device]);
    assert.deepEqual(others, {
      container: [`ho-${jobId}-1`],
      process: [jobId],
      'control group': [jobId],
      folder: [jobId],
    });
    assert.deepEqual(await found(randomUUID()), {}, 'another job has nothing');
    writeJsonFile(home.stack, { engine: { ...engine, command: ['false'] } });
    assert.equal((await jobsOnHost(home, new Set([jobId]))).unlisted, 'false: exit status 1');

    await cleanUp(home, engine);
    assert.deepEqual(cgroups(), []);
    assert.ok(!existsSync(join(home.scratch, 'runs')));
    assert.ok(!existsSync(shortPathsOf(openIdentity(home)).folder));
    openShortPaths(home);
    writeJsonFile(home.stack, { engine });
    assert.deepEqual(Object.keys(await found(jobId)), ['process'], 'which ends by itself');
    const left = (await containers()).trim();
    assert.ok(left !== '' && other.stdout.startsWith(left), `only the other container is left, not ${left}`);
  });
});
