import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { HoldoutError } from '../../../src/errors.ts';
import { ToolCache } from '../../../src/local/tools/cache.ts';
import { which } from '../../../src/local/tools/find-engine.ts';
import { commandsByHand, findTool, obtainTool } from '../../../src/local/tools/obtain-tool.ts';
import type { Tool } from '../../../src/local/tools/pinned-tools.ts';

const silent = (): void => undefined;

describe('tools', () => {
  let folder: string;
  let cache: ToolCache;
  let server: Server;
  let requests: string[];
  let sha256: string;
  const path = process.env['PATH'];

  /** A program that records each of its runs. */
  const script = (version = '3.2.1'): string =>
    `#!/bin/sh\necho run >> ${folder}/runs\necho "pump version ${version}"\n`;
  const runs = (): number =>
    existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1 : 0;

  const pump = (archives: boolean): Tool => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      name: 'pump',
      version: '3.2.1',
      what: 'pump',
      archives: archives ? [{ url: `${base}/pump_3.2.1.tar.gz`, sha256 }] : [],
      goPackage: 'example.com/pump@v3.2.1',
      buildTakes: 'a second',
      proof: /pump version 3\.2\.1\b/,
    };
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdout-tools-'));
    cache = new ToolCache({ XDG_CACHE_HOME: folder });
    requests = [];
    const archive = pack();
    archive.entry({ name: 'pump_3.2.1/README.md' }, 'about the pump');
    archive.entry({ name: 'pump_3.2.1/pump', mode: 0o755 }, script());
    archive.finalize();
    const body = gzipSync(await buffer(archive));
    sha256 = createHash('sha256').update(body).digest('hex');
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // The PATH of a machine without Go.
    mkdirSync(join(folder, 'bin'));
    for (const program of ['sh', 'tar', 'gzip']) symlinkSync(which(program, path) ?? '', join(folder, 'bin', program));
    process.env['PATH'] = join(folder, 'bin');
  });

  afterEach(() => {
    process.env['PATH'] = path;
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are downloaded, compared with the pinned sha256, run once and then found in milliseconds', async () => {
    const lines: string[] = [];
    const file = await obtainTool(pump(true), cache, (line) => lines.push(line));
    assert.deepEqual(requests, ['/pump_3.2.1.tar.gz']);
    assert.match(lines[0] ?? '', /downloading pump 3\.2\.1/);
    const before = runs();
    const started = performance.now();
    assert.equal(await obtainTool(pump(true), new ToolCache({ XDG_CACHE_HOME: folder }), silent), file);
    assert.ok(performance.now() - started < 1000);
    assert.equal(runs(), before, 'a verified program is not run again');
    assert.equal(requests.length, 1);
  });

  it('are obtained again when they were damaged in the cache', async () => {
    const file = await obtainTool(pump(true), cache, silent);
    writeFileSync(file, 'half a prog');
    assert.equal(await findTool(pump(true), cache), undefined);
    await obtainTool(pump(true), cache, silent);
    assert.equal(readFileSync(file, 'utf8'), script());
  });

  it('are not used when the cache has another version', async () => {
    const file = cache.program('pump', '3.2.1');
    writeFileSync(file, script('9.9.9'));
    chmodSync(file, 0o755);
    assert.equal(await findTool(pump(true), cache), undefined);
  });

  it('are refused when their sha256 is not the pinned one', async () => {
    sha256 = '0'.repeat(64);
    await assert.rejects(obtainTool(pump(true), cache, silent), /its sha256 is [0-9a-f]{64}, not 0000/);
    assert.equal(existsSync(cache.program('pump', '3.2.1')), false);
  });

  it('are obtained once when two processes need them at once', async () => {
    const files = await Promise.all(
      [1, 2, 3].map(() => obtainTool(pump(true), new ToolCache({ XDG_CACHE_HOME: folder }), silent)),
    );
    assert.equal(new Set(files).size, 1);
    assert.equal(requests.filter((url) => url.endsWith('.tar.gz')).length, 1);
    assert.deepEqual(readdirSync(join(folder, 'holdout', 'tools')), ['pump-3.2.1']);
  });

  it('are built with Go when nothing can be downloaded', async () => {
    writeFileSync(
      join(folder, 'bin', 'go'),
      `#!/bin/sh\necho "$@" > ${folder}/go-called\ncp ${folder}/source "$GOBIN/pump"\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(folder, 'source'), script());
    symlinkSync(which('cp', path) ?? '', join(folder, 'bin', 'cp'));
    const lines: string[] = [];
    await obtainTool(pump(false), cache, (line) => lines.push(line));
    assert.equal(readFileSync(join(folder, 'go-called'), 'utf8'), 'install example.com/pump@v3.2.1\n');
    assert.match(lines[0] ?? '', /building pump 3\.2\.1.*with Go \(once, a second\)/);
  });

  it('have install commands that a shell parses correctly, whatever their folder is named', () => {
    for (const [file, word] of [
      ['/home/a b/pump', "'/home/a b/pump'"],
      ["/home/l'été $x/pump", "'/home/l'\\''été $x/pump'"],
      ['/root/.cache/holdout/tools/pump-3.2.1', '/root/.cache/holdout/tools/pump-3.2.1'],
    ] as const) {
      for (const command of commandsByHand(pump(false), file)) assert.ok(command.includes(` ${word}`), command);
    }
  });

  it('are named, with install commands, when they cannot be obtained without Go', async () => {
    await assert.rejects(obtainTool(pump(false), cache, silent), (error: unknown) => {
      assert.ok(error instanceof HoldoutError);
      assert.equal(error.code, 'TOOL_MISSING');
      assert.match(error.message, /pump 3\.2\.1 is missing.*\n.*Go is not installed/);
      assert.match(error.next, /https:\/\/go\.dev\/dl\//);
      assert.ok(
        error.next.includes(`go install example.com/pump@v3.2.1 && mv /tmp/pump ${cache.program('pump', '3.2.1')}`),
      );
      return true;
    });
  });

  it('are cleaned up when a killed process left them incomplete', async () => {
    cache.program('pump', '3.2.1');
    mkdirSync(join(folder, 'holdout', 'tools', '.pump-3.2.1-killed'));
    await obtainTool(pump(true), cache, silent);
    assert.deepEqual(readdirSync(join(folder, 'holdout', 'tools')), ['pump-3.2.1']);
  });
});
