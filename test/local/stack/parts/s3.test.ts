import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { openCredentials } from '../../../../src/local/stack/home/credentials.ts';
import { openHome, type Home } from '../../../../src/local/stack/home/home.ts';
import { region } from '../../../../src/local/stack/parts/environment.ts';
import { s3Part } from '../../../../src/local/stack/parts/s3.ts';
import { ToolCache } from '../../../../src/local/tools/cache.ts';
import { obtainTool } from '../../../../src/local/tools/obtain-tool.ts';
import { versitygw } from '../../../../src/local/tools/pinned-tools.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePort } from '../../../support/servers/free-port.ts';
import { listenersOf } from '../listeners.ts';

describe('the S3 server of a stack, whatever the umask', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-s3-'));
  let home: Home;
  let server: ChildProcess;

  before(async () => {
    home = openHome(join(folder, 'home'));
    const credentials = openCredentials(home);
    const port = await freePort();
    const program = await obtainTool(versitygw, new ToolCache(), () => undefined);
    const umask = process.umask(0);
    try {
      const ports = { temporal: 1, ui: 2, temporalUi: 5, temporalHttp: 6, temporalMetrics: 7, s3: port, batch: 4 };
      const { command, environment, files, isReady, prepare } = await s3Part(program, home, ports, credentials);
      for (const [file, content] of Object.entries(files)) {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      server = spawn(program, command.slice(1), { env: environment, stdio: 'ignore' });
      await eventually('the server responds', isReady);
      await prepare?.();
    } finally {
      process.umask(umask);
    }
    const endpoint = `http://127.0.0.1:${port}`;
    const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: credentials.root });
    await client.send(new PutObjectCommand({ Bucket: 'holdout-labels', Key: 'c/labels.csv', Body: 'secret' }));
    client.destroy();
  });
  after(async () => {
    server.kill('SIGKILL');
    await once(server, 'exit');
    rmSync(folder, { recursive: true });
  });

  it('lets no other user into its folders and objects', () => {
    const inside = readdirSync(home.s3, { recursive: true, encoding: 'utf8' }).map((name) => join(home.s3, name));
    assert.ok(inside.includes(join(home.s3, 'holdout-labels/c/labels.csv')), inside.join(' '));
    // Its locks are empty files; the umask of the part closes them.
    const all = [home.s3, ...inside].filter((path) => !path.includes('/.vgwlocks/'));
    const open = all.filter((path) => (statSync(path).mode & 0o077) !== 0);
    assert.deepEqual(open, []);
  });

  it('listens on the loopback address alone', () => {
    const found = listenersOf([server.pid ?? Number.NaN]);
    assert.ok(found.length > 0, 'it listens');
    assert.deepEqual(
      found.filter(({ isLoopback }) => !isLoopback),
      [],
    );
  });
});
