import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CrashControl } from '../support/crash-points/control.ts';
import { bundlePreload, settingsOf } from '../support/crash-points/programs.ts';

describe('a program with crash points', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-crash-'));
  let server: Server;
  let preload: string;
  let seen = 0;

  before(async () => {
    preload = await bundlePreload(new CrashControl(folder));
    server = createServer((incoming, outgoing) => {
      seen += 1;
      incoming.resume().on('end', () => outgoing.end('stored'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = () => `
    import { request } from 'node:http';
    const sent = request({ port: ${(server.address() as AddressInfo).port}, method: 'PUT', path: '/holdout-runs/c/s/1/claim' });
    sent.end('claim');
    sent.on('response', (answer) => {
      process.stdout.write('answered');
      answer.resume().on('end', () => process.exit());
    });`;
  const rename = () => `
    import { rename } from 'node:fs/promises';
    await rename(${JSON.stringify(join(folder, '.incoming-1'))}, ${JSON.stringify(join(folder, 'kept'))});
    process.stdout.write('answered');`;

  /** Runs a program several times; returns what it printed and how it ended, each time. */
  async function runTimes(
    runs: number,
    name: string,
    code: string,
  ): Promise<{ signal: unknown; printed: string; seen: number }[]> {
    const control = new CrashControl(join(folder, name));
    control.mode = 'alone';
    const ends = [];
    for (let run = 0; run < runs; run += 1) {
      const before = seen;
      const child = spawn(process.execPath, ['--import', preload, '--input-type=module', '-e', code], {
        env: { ...process.env, CRASH_POINTS: settingsOf(control, 'runner') },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
      const [, signal] = (await once(child, 'close')) as [unknown, unknown];
      ends.push({ signal, printed, seen: seen - before });
    }
    return ends;
  }

  it('dies before a request is sent, then after it was carried out and before the program learns of it, then no more', async () => {
    assert.deepEqual(await runTimes(3, 'put', put()), [
      { signal: 'SIGKILL', printed: '', seen: 0 },
      { signal: 'SIGKILL', printed: '', seen: 1 },
      { signal: null, printed: 'answered', seen: 1 },
    ]);
    assert.deepEqual(new CrashControl(join(folder, 'put')).met, [
      'runner.write-claim.after',
      'runner.write-claim.before',
    ]);
  });

  it('dies before and after the rename that stores an image', async () => {
    writeFileSync(join(folder, '.incoming-1'), '');
    const ends = await runTimes(2, 'rename', rename());
    assert.deepEqual(
      ends.map(({ signal, printed }) => [signal, printed]),
      [
        ['SIGKILL', ''],
        ['SIGKILL', ''],
      ],
    );
    assert.ok(existsSync(join(folder, 'kept')));
  });

  it('kills at a point once, and not in an execution in which its neighbour killed', () => {
    const control = new CrashControl(join(folder, 'alone'), ['a+b', 'b+c']);
    const meet = (point: string, execution: string) => control.meet(point, { work: 'w', execution });
    assert.equal(meet('a', '1'), false, 'off');
    control.mode = 'alone';
    const met = [meet('a', '1'), meet('a', '1'), meet('b', '1'), meet('c', '1'), meet('b', '2'), meet('b', '3')];
    assert.deepEqual(met, [true, false, false, true, true, false]);
    assert.deepEqual(control.died, ['a', 'b', 'c']);
  });

  it('kills at both points of a pair in the same work, and then at the next pair', () => {
    const control = new CrashControl(join(folder, 'pairs'), ['a+b', 'b+c']);
    control.mode = 'pairs';
    const meet = (point: string, work: string) => control.meet(point, { work, execution: work });
    assert.deepEqual(
      [meet('a', 'one'), meet('a', 'two'), meet('c', 'one'), meet('b', 'two')],
      [true, false, false, true],
    );
    assert.deepEqual([meet('b', 'one'), meet('b', 'one')], [true, false]);
    assert.deepEqual(control.died, ['a+b']);
    control.releaseOpen();
    assert.deepEqual([meet('b', 'three'), meet('c', 'three')], [true, true]);
    assert.deepEqual(control.died, ['a+b', 'b+c']);
  });
});
