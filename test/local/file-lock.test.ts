import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lock, tryLock } from '../../src/local/file-lock.ts';
import { identify, isProcessRunning } from '../../src/local/process-identity.ts';

describe('a lock file', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdout-lock-'));
    file = join(folder, 'lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('names its holder while it is held and is gone afterwards', () => {
    const first = tryLock(file);
    assert.equal(first.kind, 'acquired');
    const second = tryLock(file);
    assert.ok(second.kind === 'held' && second.by.pid === process.pid);
    if (first.kind === 'acquired') first.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('of a process that is gone is taken over', async () => {
    const child = spawn('sleep', ['30']);
    const identity = identify(child.pid ?? 0);
    assert.ok(identity);
    writeFileSync(file, JSON.stringify(identity));
    assert.equal(tryLock(file).kind, 'held');
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(tryLock(file).kind, 'acquired');
  });

  it('is not held by a later process with the same pid, nor from before a reboot', () => {
    const self = identify(process.pid);
    assert.ok(self);
    assert.ok(isProcessRunning(self));
    for (const other of [
      { ...self, startTime: '1' },
      { ...self, boot: 'another' },
    ]) {
      assert.equal(isProcessRunning(other), false);
      writeFileSync(file, JSON.stringify(other));
      assert.equal(tryLock(file).kind, 'acquired');
      rmSync(file);
    }
  });

  it('is not held in a copy of its folder, beside the original or in its place', () => {
    const held = tryLock(file);
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    const inCopy = tryLock(join(copy, 'lock'));
    assert.deepEqual([held.kind, inCopy.kind, tryLock(file).kind], ['acquired', 'acquired', 'held']);
    if (inCopy.kind === 'acquired') inCopy.release();
    cpSync(folder, copy, { recursive: true });
    rmSync(folder, { recursive: true });
    renameSync(copy, folder);
    assert.equal(tryLock(file).kind, 'acquired');
  });

  it('is held on in a folder that was moved', () => {
    tryLock(file);
    const moved = `${folder}-moved`;
    renameSync(folder, moved);
    assert.equal(tryLock(join(moved, 'lock')).kind, 'held');
    renameSync(moved, folder);
  });

  it('admits many waiters one after the other, also after a dead holder', async () => {
    writeFileSync(file, JSON.stringify({ pid: 1, startTime: 'never', boot: 'never' }));
    let inside = 0;
    const turns = Array.from({ length: 8 }, async () => {
      const release = await lock(file, () => undefined);
      inside += 1;
      assert.equal(inside, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(existsSync(file) && readFileSync(file, 'utf8').includes(String(process.pid)));
      inside -= 1;
      release();
    });
    await Promise.all(turns);
    assert.deepEqual(readdirSync(folder), []);
  });
});
