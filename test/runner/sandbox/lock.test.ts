import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../../src/runner/sandbox/lock.ts';

describe('a lock between the runners of a host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-lock-'));
  after(() => rmSync(folder, { recursive: true }));
  const never = new AbortController().signal;

  it('lets one runner in at a time', async () => {
    let inside = 0;
    const enter = (): Promise<void> =>
      withLock(join(folder, 'one'), never, async () => {
        assert.equal(++inside, 1);
        await sleep(20);
        inside--;
      });
    await Promise.all(Array.from({ length: 5 }, enter));
  });

  it('is a file that no other user can lock', async () => {
    const file = join(folder, 'locks', 'own');
    await withLock(file, never, async () => 'in');
    assert.deepEqual([statSync(file).mode & 0o777, statSync(join(folder, 'locks')).mode & 0o777], [0o600, 0o700]);
  });

  it('is released when the work fails', async () => {
    const failing = withLock(join(folder, 'two'), never, () => Promise.reject(new Error('failed')));
    await assert.rejects(failing, /failed/);
    assert.equal(await withLock(join(folder, 'two'), never, async () => 'in'), 'in');
  });

  it('is released when its holder is killed', async () => {
    const file = join(folder, 'three');
    const module = new URL('../../../src/runner/sandbox/lock.ts', import.meta.url).href;
    const program = `
      const { withLock } = await import(${JSON.stringify(module)});
      await withLock(${JSON.stringify(file)}, new AbortController().signal, () => {
        process.stdout.write('held');
        return new Promise((resolve) => setTimeout(resolve, 600_000));
      });`;
    const holder = spawn(process.execPath, ['--import=tsx', '--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    const waiting = withLock(file, never, async () => 'in');
    assert.equal(await Promise.race([waiting, sleep(300, 'still out')]), 'still out');
    holder.kill('SIGKILL');
    assert.equal(await waiting, 'in');
  });

  it('is no longer waited for when the run is stopped', async () => {
    const stop = new AbortController();
    await withLock(join(folder, 'four'), never, async () => {
      const waiting = withLock(join(folder, 'four'), stop.signal, async () => 'in');
      stop.abort();
      await assert.rejects(waiting, { name: 'AbortError' });
    });
  });
});
