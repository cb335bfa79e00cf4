import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '../../../src/errors.ts';
import { runCommand } from '../../../src/run-command.ts';
import { openHome, placesOf } from '../../../src/local/stack/home/home.ts';
import { closeShortPaths } from '../../../src/local/stack/home/short-paths.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { dockerStorage, findEngine } from '../../../src/local/tools/find-engine.ts';
import { openEngine } from '../../../src/local/tools/open-engine.ts';

const silent = (): void => undefined;

describe('the container engine', () => {
  let folder: string;
  const { PATH, HOLDOUT_INSTALL } = process.env;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdout-engine-'));
    mkdirSync(join(folder, 'bin'));
  });

  afterEach(() => {
    process.env['PATH'] = PATH;
    if (HOLDOUT_INSTALL === undefined) delete process.env['HOLDOUT_INSTALL'];
    else process.env['HOLDOUT_INSTALL'] = HOLDOUT_INSTALL;
    for (const home of [folder, join(folder, 'home')]) closeShortPaths(placesOf(home));
    rmSync(folder, { recursive: true, force: true });
  });

  it('is tested with one container, remembered, and leaves nothing behind', async () => {
    const cache = new ToolCache({ XDG_CACHE_HOME: folder });
    const lines: string[] = [];
    const engine = await openEngine(openHome(join(folder, 'home')), cache, (line) => lines.push(line));
    assert.match(lines.join('\n'), /testing how (docker|podman) runs containers/);
    assert.match(engine.runFlags.join(' '), /--label=holdout\.home=[0-9a-f]{12}/);
    for (const flag of engine.command.filter((flag) => flag.startsWith('--run'))) assert.ok(flag.length < 60, flag);
    const started = performance.now();
    assert.deepEqual(await openEngine(openHome(join(folder, 'home')), cache, silent), engine);
    assert.ok(performance.now() - started < 1000);
    const [program = '', ...flags] = engine.command;
    const images = await runCommand(program, [
      ...flags,
      'images',
      '--quiet',
      '--filter',
      'reference=localhost/holdout/smoke',
    ]);
    assert.equal(images.stdout, '');
    assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(folder));
  });

  it('is not a docker client without a daemon', async () => {
    writeFileSync(
      join(folder, 'bin', 'docker'),
      '#!/bin/sh\necho "Cannot connect to the Docker daemon" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    process.env['PATH'] = join(folder, 'bin');
    assert.equal(await findEngine(), undefined);
    writeFileSync(join(folder, 'bin', 'podman'), '#!/bin/sh\n', { mode: 0o755 });
    assert.equal(await findEngine(), 'podman');
  });

  it('of Docker stores its data in the folder that its daemon names, if this machine has it', async () => {
    process.env['PATH'] = join(folder, 'bin');
    const daemonWith = (data: string): void =>
      writeFileSync(join(folder, 'bin', 'docker'), `#!/bin/sh\necho '${data}'\n`, { mode: 0o755 });
    daemonWith(folder);
    assert.equal(await dockerStorage(), folder);
    daemonWith('/var/lib/docker of another machine');
    assert.equal(await dockerStorage(), undefined);
    daemonWith('');
    assert.equal(await dockerStorage(), undefined);
  });

  it('is named with its install command when it is missing and installing is forbidden', async () => {
    process.env['PATH'] = join(folder, 'bin');
    process.env['HOLDOUT_INSTALL'] = '0';
    await assert.rejects(
      openEngine(openHome(folder), new ToolCache({ XDG_CACHE_HOME: folder }), silent),
      (error: unknown) => {
        assert.ok(error instanceof HoldoutError);
        assert.equal(error.code, 'PROGRAM_MISSING');
        assert.match(error.message, /podman, runc, skopeo/);
        assert.match(error.next, /apt-get update && apt-get install -y --no-install-recommends podman runc skopeo/);
        return true;
      },
    );
  });

  it('is reported with its error message when it cannot run a container', async () => {
    for (const program of ['skopeo', 'mkfs.ext4', 'mount', 'flock']) {
      writeFileSync(join(folder, 'bin', program), '#!/bin/sh\n', { mode: 0o755 });
    }
    writeFileSync(join(folder, 'bin', 'podman'), '#!/bin/sh\necho "no subuid ranges" >&2\nexit 125\n', { mode: 0o755 });
    process.env['PATH'] = `${join(folder, 'bin')}:/bin`;
    const engine = openEngine(openHome(join(folder, 'home')), new ToolCache({ XDG_CACHE_HOME: folder }), silent);
    await assert.rejects(engine, /podman is installed but cannot run containers:\n {2}podman: no subuid ranges/);
  });
});
