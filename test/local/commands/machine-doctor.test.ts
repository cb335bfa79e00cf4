import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { controls } from '../../../src/campaign/model/canaries/canary.ts';
import { which } from '../../../src/local/tools/find-engine.ts';
import { changedEngine } from '../../support/changed-engine.ts';
import { machineDoctor } from '../../../src/local/commands/machine-doctor.ts';

describe('doctor', () => {
  const before = { ...process.env };
  const folder = mkdtempSync(join(tmpdir(), 'holdout-doctor-'));

  beforeEach(() => {
    for (const name of ['TEMPORAL', 'UI', 'S3', 'BATCH']) process.env[`HOLDOUT_${name}_PORT`] = '0';
    process.env['HOLDOUT_HOME'] = join(folder, 'home');
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const ask = async (): Promise<{ status: number; text: string }> => {
    let text = '';
    const status = await machineDoctor((line) => (text += `${line}\n`));
    return { status, text };
  };

  it('finds everything on the test machine, with its place', async () => {
    const { status, text } = await ask();
    assert.equal(status, 0, text);
    assert.match(text, /^ok {6}Temporal server +temporal 1\.5\.1, \/.*temporal-1\.5\.1$/m);
    assert.match(text, /^ok {6}skopeo +[0-9.]+, \/.*skopeo$/m);
    assert.match(text, /^ok {6}container engine +(podman|[Dd]ocker) .*runs containers with/m);
    assert.doesNotMatch(text, /MISSING/);
    for (const control of controls) assert.match(text, new RegExp(`^ok {6}isolation: ${control} +holds: `, 'm'));
  });

  it('names the control that the engine of this machine does not enforce', async () => {
    const podman = which('podman');
    assert.ok(podman, 'the test machine has podman');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    changedEngine(join(bin, 'podman'), { '--cap-drop=ALL': undefined }, podman);
    process.env['PATH'] = `${bin}:${before['PATH']}`;
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache-of-this-engine');
    const { status, text } = await ask();
    assert.equal(status, 1);
    assert.match(text, /^MISSING isolation: capabilities +broken: CapBnd is .*\n +→ docs\/isolation\.md/m);
    assert.match(text, /^ok {6}isolation: user +holds: /m);
  });

  it('names what is missing, with the command that fixes it', async () => {
    process.env['XDG_CACHE_HOME'] = join(folder, 'empty-cache');
    process.env['PATH'] = folder;
    const { status, text } = await ask();
    assert.equal(status, 1);
    assert.match(
      text,
      /MISSING S3 server.*\n +→ GOBIN=\/tmp go install github\.com\/versity\/versitygw\/cmd\/versitygw@v1\.8\.0 && mv/,
    );
    assert.match(
      text,
      /MISSING container engine .*neither a Docker daemon nor podman\n +→ apt-get update && apt-get install .*podman runc/,
    );
    assert.match(text, /MISSING skopeo +not installed\n +→ apt-get update && apt-get install .*skopeo/);
  });

  it('tells a user who is not root what is missing, and starts no container', async () => {
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache-of-root');
    const [node, program] = [join(folder, 'node'), join(folder, 'doctor.mjs')];
    await build({
      stdin: {
        contents: `import { machineDoctor } from './src/local/commands/machine-doctor.ts';
          process.exitCode = await machineDoctor((text) => process.stdout.write(text));`,
        resolveDir: process.cwd(),
      },
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    // Node itself may be in a folder that only its owner can enter.
    copyFileSync(process.execPath, node);
    for (const path of [folder, node]) chmodSync(path, 0o755);
    const ended = await promisify(execFile)(node, [program], { uid: 65_534, gid: 65_534, cwd: folder }).catch(
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
    assert.equal(ended.stderr, '');
    assert.equal('code' in ended && ended.code, 1);
    assert.match(ended.stdout, /^MISSING system +this process is not root.*\n +→ Linux on x86-64 as root/m);
    assert.match(ended.stdout, /^MISSING Temporal server +temporal .*EACCES.*\n +→ XDG_CACHE_HOME=/m);
    assert.match(ended.stdout, /^MISSING HOLDOUT_HOME +.*\n +→ /m);
    assert.match(ended.stdout, /^note {4}container engine +.*not tried: only root can run submissions$/m);
  });

  it('names the program that holds a requested port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    process.env['HOLDOUT_S3_PORT'] = String(port);
    const { status, text } = await ask();
    server.close();
    assert.equal(status, 1);
    assert.match(
      text,
      new RegExp(
        `MISSING port for s3 +${port} is taken by .*\\(pid ${process.pid}\\)\\n +→ stop that program, or: HOLDOUT_S3_PORT=0`,
      ),
    );
  });
});
