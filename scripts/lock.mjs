// One process at a time, by a file that names its holder; a holder that is gone holds nothing. Plain Node, without packages.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Takes the lock, waiting for it as long as its holder runs; `waiting` is told once by whom it is held. Answers the release. */
export function takeLock(file, waiting) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
  try {
    for (let told = false; ;) {
      if (link(mine, file)) return () => rmSync(file, { force: true });
      const holder = holderIn(file);
      if (holder === undefined || startTimeOf(holder.pid) !== holder.startTime) {
        takeAway(file);
        continue;
      }
      if (!told) waiting(holder.pid);
      told = true;
      // Nothing else is to be done meanwhile, in this process.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Removes a lock of nobody. Somebody may have replaced it since it was read: a live one is put back. */
function takeAway(file) {
  const aside = `${file}.${process.pid}.aside`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const holder = holderIn(aside);
  if (holder !== undefined && startTimeOf(holder.pid) === holder.startTime) link(aside, file);
  rmSync(aside, { force: true });
}

function holderIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** With the boot, since ticks and pids begin again there; undefined for a process that is gone. Without /proc: whether it runs. */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in brackets may hold anything; after it the state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch {
    if (process.platform === 'linux') return undefined;
    return runs(pid) ? 'runs' : undefined;
  }
}

function runs(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
