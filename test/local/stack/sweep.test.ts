import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { cleanUp } from '../../../src/local/stack/clean-up.ts';
import { openIdentity } from '../../../src/local/stack/home/home-identity.ts';
import { openHome, type Home } from '../../../src/local/stack/home/home.ts';
import { sweep } from '../../../src/local/stack/sweep.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { openEngine } from '../../../src/local/tools/open-engine.ts';
import { runCommand } from '../../../src/run-command.ts';
import type { EngineSettings } from '../../../src/runner/runner-settings.ts';
import { reapKilledRunners } from '../../../src/runner/preflight/reap-killed-runners.ts';
import { ContainerEngine } from '../../../src/runner/sandbox/engine.ts';
import { loopDevices } from '../../../src/runner/sandbox/loop-devices.ts';
import { hostMountPoints } from '../../../src/runner/sandbox/mounts.ts';
import { eventually } from '../../support/eventually.ts';
import { tinyElf } from '../../support/images/tiny-elf.ts';

/** Calls pause(2) in an endless loop. */
const waits = tinyElf(Buffer.from('b8220000000f05ebf7', 'hex'));
const image = 'localhost/holdout/waits-to-be-swept:1';

describe('what killed runs have left, at the next start', function () {
  this.timeout(60_000);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdout-sweep-')));
  let home: Home;
  let engine: EngineSettings;
  let runner: ChildProcess | undefined;
  const lines: string[] = [];
  const tag = String(process.pid);

  const succeed = async (program: string, ...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runCommand(program, args);
    assert.equal(status, 0, stderr);
    return stdout;
  };
  const call = (...args: string[]): Promise<string> => succeed(...(engine.command as [string]), ...args);
  const ownLoops = async () => (await loopDevices()).filter(({ file }) => file.startsWith(folder));
  /** The kernel detaches a device only once nobody has it open, such as a list of devices beside this test. */
  const detached = (left: number): Promise<void> =>
    eventually(`${left} loop devices are left`, async () => (await ownLoops()).length === left);
  const mounts = async (): Promise<string[]> =>
    (await hostMountPoints()).filter((point) => point.startsWith(folder) && !point.includes('/containers/'));
  const swept = async (): Promise<string[]> => {
    lines.length = 0;
    await sweep(home, engine, (line) => lines.push(line));
    return lines;
  };

  /** Mounts the output of a run as the runner does; deletes the file behind it. */
  async function outputOf(homeFolder: string, jobId: string, file = 'output.ext4'): Promise<void> {
    const place = join(homeFolder, 'scratch', 'runs', jobId);
    mkdirSync(join(place, 'output'), { recursive: true });
    writeFileSync(join(place, file), '');
    truncateSync(join(place, file), 4 * 2 ** 20);
    await succeed('mkfs.ext4', '-q', '-F', join(place, file));
    await succeed('mount', '-t', 'ext4', '-o', 'loop', join(place, file), join(place, 'output'));
    rmSync(join(place, file));
  }
  /** A loop device that was never mounted; deletes the folder of its file. */
  async function unmounted(place: string): Promise<void> {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'output.ext4'), '');
    truncateSync(join(place, 'output.ext4'), 2 ** 20);
    await succeed('losetup', '--find', join(place, 'output.ext4'));
    rmSync(place, { recursive: true });
  }
  /** A process that lives as the runner of a job does. */
  async function runnerOf(jobId: string): Promise<ChildProcess> {
    runner = spawn('sleep', ['1000'], { env: { ...process.env, AWS_BATCH_JOB_ID: jobId }, stdio: 'ignore' });
    await once(runner, 'spawn');
    return runner;
  }
  const end = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };

  before(async () => {
    home = openHome(join(folder, 'home, with: a "name"'));
    engine = await openEngine(home, new ToolCache(), () => undefined);
    const archive = pack();
    archive.entry({ name: 'waits', mode: 0o755 }, waits);
    archive.finalize();
    const [program = '', ...flags] = engine.command;
    const input = await buffer(archive);
    assert.equal((await runCommand(program, [...flags, 'import', '-', image], { input })).status, 0);
  });
  afterEach(async () => {
    if (runner) await end(runner);
    for (const point of (await mounts()).reverse()) await succeed('umount', point);
    for (const { device } of await ownLoops()) await runCommand('losetup', ['--detach', device]);
  });
  after(async () => {
    await call('rmi', '--force', image);
    await cleanUp(home, engine);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is removed from this home: container, mounts, loop devices, folder; a run that lives keeps all of it', async () => {
    const [dead, living] = [`dead-${tag}x`, `living-${tag}x`];
    for (const jobId of [dead, living]) {
      await outputOf(home.folder, jobId);
      const device = join(home.scratch, 'runs', jobId, 'device');
      mkdirSync(device);
      await succeed('mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', device);
      await call('run', '--detach', '--network=none', ...engine.runFlags, `--name=ho-${jobId}`, image, '/waits');
    }
    const names = async (): Promise<string[]> => (await call('ps', '--format', '{{.Names}}')).trim().split('\n').sort();
    const child = await runnerOf(living);
    assert.deepEqual(await swept(), ['removed what 1 killed run had left']);
    assert.deepEqual(await names(), [`ho-${living}`]);
    assert.equal(existsSync(join(home.scratch, 'runs', dead)), false);
    const kept = join(home.scratch, 'runs', living);
    assert.deepEqual((await mounts()).filter((point) => point.startsWith(home.scratch)).sort(), [
      join(kept, 'device'),
      join(kept, 'output'),
    ]);
    await detached(1);
    await end(child);
    assert.deepEqual(await swept(), ['removed what 1 killed run had left']);
    await detached(0);
    assert.equal(existsSync(kept), false);
    assert.deepEqual(await swept(), [], 'nothing is left');
  });

  it('is removed without a folder: only its container is left', async () => {
    const jobId = `folderless-${tag}x`;
    await call('run', '--detach', '--network=none', ...engine.runFlags, `--name=ho-${jobId}`, image, '/waits');
    assert.deepEqual(await swept(), ['removed what 1 killed run had left']);
    assert.equal(await call('ps', '--all', '--quiet'), '');
  });

  it('is removed from a host of AWS Batch before its next job, also loop devices of a run without a folder', async () => {
    const scratch = join(folder, 'host', 'scratch');
    await outputOf(join(folder, 'host'), 'killed');
    await unmounted(join(scratch, 'runs', 'folderless'));
    assert.equal((await ownLoops()).length, 2);
    await reapKilledRunners(new ContainerEngine(engine), { jobId: 'next', scratch, engine });
    await detached(0);
    assert.deepEqual(await mounts(), []);
  });

  it('is removed from a home that no longer exists, mounted or not', async () => {
    const gone = join(folder, 'gone');
    await outputOf(gone, 'one');
    await outputOf(gone, 'two', 'layer.ext4');
    await succeed('umount', '--lazy', join(gone, 'scratch', 'runs', 'two', 'output'));
    await unmounted(join(gone, 'scratch', 'runs', 'three'));
    assert.equal((await ownLoops()).length, 2);
    assert.deepEqual(await swept(), ['removed 2 loop devices of deleted files']);
    await detached(0);
    assert.deepEqual(await mounts(), []);
  });

  it('stays if it is not known to be abandoned: another home, a living run, another program, a file that is there', async () => {
    const other = openHome(join(folder, 'other'));
    openIdentity(other);
    await outputOf(other.folder, 'theirs');
    const gone = join(folder, 'gone-but-running');
    await outputOf(gone, 'running');
    const child = await runnerOf('running');
    await outputOf(join(folder, 'foreign'), 'run', 'output.img');
    const there = join(folder, 'gone', 'scratch', 'runs', 'there');
    mkdirSync(there, { recursive: true });
    writeFileSync(join(there, 'output.ext4'), '');
    truncateSync(join(there, 'output.ext4'), 2 ** 20);
    await succeed('losetup', '--find', join(there, 'output.ext4'));
    const before = await ownLoops();
    assert.equal(before.length, 4);
    assert.deepEqual(await swept(), []);
    assert.deepEqual(await ownLoops(), before);
    await end(child);
    assert.deepEqual(await swept(), ['removed 1 loop device of deleted files']);
    await detached(3);
  });
});
