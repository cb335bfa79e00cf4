// A file lock that names its holder. A lock whose holder has ended is free. Uses Node alone, without packages.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Takes the lock, waiting while its holder runs. Calls `waiting` once with the holder's pid. Returns the release function.
 *
 * @param {string} file
 * @param {(pid: number) => void} waiting
 * @returns {() => void}
 */
export function takeLock(file, waiting) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
  try {
    for (let reported = false; ;) {
      if (link(mine, file)) return () => rmSync(file, { force: true });
      const holder = holderIn(file);
      if (holder === undefined || startTimeOf(holder.pid) !== holder.startTime) {
        removeStale(file);
        continue;
      }
      if (!reported) waiting(holder.pid);
      reported = true;
      // Blocks: this process has nothing else to do.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Removes a lock whose holder has ended. Another process may have replaced it in the meantime: a live one is put back.
 *
 * @param {string} file
 */
function removeStale(file) {
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

/**
 * @param {string} file
 * @returns {{ pid: number, startTime: string } | undefined}
 */
function holderIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * The boot id and the start time in ticks, since both ticks and pids start again at a boot. Undefined for a process that has
 * ended. Without /proc it only says whether the process runs.
 *
 * @param {number} pid
 */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in brackets may contain any character. After it, the state is field 3 and the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`;
  } catch {
    if (process.platform === 'linux') return undefined;
    return runs(pid) ? 'runs' : undefined;
  }
}

/** @param {number} pid */
function runs(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function link(from, to) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}
