import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doctor } from '../../src/local/commands/doctor.ts';

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
    const status = await doctor((line) => (text += `${line}\n`));
    return { status, text };
  };

  it('finds everything where the tests run, and says where', async () => {
    const { status, text } = await ask();
    assert.equal(status, 0, text);
    assert.match(text, /^ok {6}Temporal server +temporal 1\.5\.1, \/.*temporal-1\.5\.1$/m);
    assert.match(text, /^ok {6}skopeo +[0-9.]+, \/.*skopeo$/m);
    assert.match(text, /^ok {6}container engine +(podman|[Dd]ocker) .*runs containers with/m);
    assert.doesNotMatch(text, /MISSING/);
  });

  it('names what is missing, with the command that mends it', async () => {
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

  it('names who holds a port that was asked for', async () => {
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
        `MISSING port for s3 +${port} is taken by .*\\(pid ${process.pid}\\)\\n +→ end that program, or: HOLDOUT_S3_PORT=0`,
      ),
    );
  });
});
