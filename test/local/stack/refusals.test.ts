import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError, type ErrorCode } from '../../../src/errors.ts';
import { jsonFilesIn } from '../../../src/local/json-file.ts';
import { openCredentials } from '../../../src/local/stack/home/credentials.ts';
import { openHome, placesOf } from '../../../src/local/stack/home/home.ts';
import { s3Part } from '../../../src/local/stack/parts/s3.ts';
import { temporalPart } from '../../../src/local/stack/parts/temporal.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { obtainTool } from '../../../src/local/tools/obtain-tool.ts';
import { versitygw } from '../../../src/local/tools/pinned-tools.ts';
import { StackRig } from './stack-rig.ts';

const ports = { temporal: 1, ui: 2, temporalUi: 5, temporalHttp: 6, temporalMetrics: 7, s3: 3, batch: 4 };

/** Checks code and message of a thrown error. */
const says =
  (code: ErrorCode, message: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof HoldoutError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

describe('the embedded stack refuses with a clear message', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdout-refusals-'));
  });
  afterEach(() => {
    spawnSync('umount', [join(folder, 'disk')]);
    rmSync(folder, { recursive: true, force: true });
  });

  const mountAt = (...options: string[]): string => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    assert.equal(spawnSync('mount', [...options, 'none', disk]).status, 0);
    return disk;
  };

  it('a home at a path that is not a folder', () => {
    writeFileSync(join(folder, 'file'), '');
    assert.throws(
      () => openHome(join(folder, 'file', 'home')),
      says('HOME_UNUSABLE', /The folder .* cannot be used: .*ENOTDIR/),
    );
  });

  it('a home of another user, and an open folder with other things in it', () => {
    const home = join(folder, 'home');
    mkdirSync(home);
    chmodSync(home, 0o755);
    assert.equal(openHome(home).folder, home);
    assert.equal(statSync(home).mode & 0o777, 0o700);
    chmodSync(home, 0o755);
    writeFileSync(join(home, 'thesis.tex'), '');
    assert.throws(() => openHome(home), says('HOME_UNUSABLE', /open to other users and has other files in it/));
    assert.equal(statSync(home).mode & 0o777, 0o755);
    chmodSync(home, 0o700);
    openHome(home);
    chownSync(home, 65_534, 65_534);
    assert.throws(() => openHome(home), says('HOME_UNUSABLE', /belongs to user 65534, who could read the labels/));
  });

  it('a home whose disk is read-only', () => {
    const disk = mountAt('-t', 'tmpfs', '-o', 'ro');
    assert.throws(() => openHome(join(disk, 'home')), says('HOME_UNUSABLE', /EROFS/));
  });

  it('a start on a disk that is nearly full, and starts nothing', async () => {
    const home = join(mountAt('-t', 'tmpfs', '-o', 'size=16m'), 'home');
    const rig = new StackRig();
    await rig.prepare();
    await assert.rejects(rig.open({ home }), says('DISK_FULL', /has only 1[0-9] MiB free; a start needs 2048 MiB/));
    assert.deepEqual(jsonFilesIn(join(home, 'run')), []);
    rig.remove();
  });

  it('a history of another Temporal server', () => {
    const home = openHome(join(folder, 'home'));
    temporalPart('temporal', home, ports);
    writeFileSync(join(home.temporal, 'version'), '1.30.0\n');
    assert.throws(() => temporalPart('temporal', home, ports), says('TEMPORAL_VERSION', /by Temporal server 1\.30\.0/));
  });

  it('a worker that does not start, with the end of its log, and leaves nothing running', async () => {
    const rig = new StackRig();
    await rig.prepare();
    rig.rebuildWorker('throw new Error("no such activity");\n');
    await assert.rejects(
      rig.open(),
      says('PART_NOT_UP', /"worker" .* did not start: it exited.*\n[^]*no such activity/),
    );
    assert.deepEqual(rig.processes(), []);
    // The home is free for the next attempt.
    rig.rebuildWorker();
    const stack = await rig.open();
    assert.equal(stack.attached, false);
    await stack.close();
    rig.remove();
  });

  it('but accepts a file system without extended attributes: S3 metadata goes to a separate folder', async () => {
    const places = placesOf(mountAt('-t', 'ramfs'));
    const program = await obtainTool(versitygw, new ToolCache(), () => undefined);
    for (const _ of ['first start', 'second start']) {
      const part = await s3Part(program, places, ports, openCredentials(places));
      assert.ok(part.command.includes(`--sidecar=${places.s3Metadata}`));
    }
    const ordinary = openHome(join(folder, 'home'));
    const part = await s3Part(program, ordinary, ports, openCredentials(ordinary));
    assert.ok(!part.command.some((word) => word.startsWith('--sidecar')));
  });
});
