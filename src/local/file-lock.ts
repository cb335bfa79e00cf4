import { randomUUID } from 'node:crypto';
import { linkSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, runningProcess, writeProcess, type ProcessIdentity } from './process-identity.ts';

type LockResult = { kind: 'acquired'; release: () => void } | { kind: 'held'; by: ProcessIdentity };

/**
 * Acquires a lock file that identifies its holder by pid and start time. A lock whose holder is gone (kill -9, reboot) is
 * taken over.
 */
export function tryLock(file: string): LockResult {
  const self = identify(process.pid);
  if (self === undefined) throw new Error(`/proc/${process.pid}/stat cannot be read`);
  const mine = `${file}.${randomUUID()}`;
  writeProcess(mine, self);
  try {
    for (;;) {
      if (link(mine, file)) return { kind: 'acquired', release: () => rmSync(file, { force: true }) };
      const holder = runningProcess(file);
      if (holder !== undefined) return { kind: 'held', by: holder };
      removeStale(file);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Waits for the lock; calls `waiting` once with the current holder. */
export async function lock(file: string, waiting: (holder: ProcessIdentity) => void): Promise<() => void> {
  for (let reported = false; ; reported = true) {
    const result = tryLock(file);
    if (result.kind === 'acquired') return result.release;
    if (!reported) waiting(result.by);
    await sleep(200);
  }
}

/** Removes the lock of a dead holder. If it has been replaced since it was read, the live lock is restored. */
function removeStale(file: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (runningProcess(aside) !== undefined) link(aside, file);
  rmSync(aside, { force: true });
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
