import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** Identifies one process, not a later one with the same pid. Start time in clock ticks since boot; `boot` is the boot id. */
export interface ProcessIdentity {
  pid: number;
  startTime: string;
  boot: string;
}

const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** The identity of a running process; undefined when there is none or it is a zombie. */
export function identify(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may contain anything; in proc(5) state is 3, start time is 22.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTime = rest[18];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, startTime, boot: bootId() };
}

/** Whether this very process still runs. */
export function isProcessRunning(identity: ProcessIdentity): boolean {
  const found = identify(identity.pid);
  return found !== undefined && found.startTime === identity.startTime && found.boot === identity.boot;
}

/** Tells a folder from its copies, also from one that has taken its place. */
export function folderIdentity(folder: string): string {
  // As `stat` prints them: some file systems number beyond what a double holds.
  const { dev, ino } = statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
}

/** Whether a record was written where it is, and not copied; one of an older Holdout, without `folder`, counts as written here. */
export const isOriginal = (file: string, { folder }: { folder?: string }): boolean =>
  folder === undefined || folder === folderIdentity(dirname(file));

/** Writes a file that names a process, for {@link runningProcess}. */
export const writeProcess = (file: string, named: ProcessIdentity | undefined): void =>
  writeJsonFile(file, { ...named, folder: folderIdentity(dirname(file)) });

/**
 * The process that a file names; undefined if it has ended or there is no such file. Undefined too in a copy of the file's folder:
 * a backup of a home names the processes of the original, which may run.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller wrote the file and names its type
export function runningProcess<Process extends ProcessIdentity>(file: string): Process | undefined {
  const named = readJsonFile<Process & { folder?: string }>(file);
  return named !== undefined && isOriginal(file, named) && isProcessRunning(named) ? named : undefined;
}

/** Waits until the process is gone, but no longer than `milliseconds` or until `urgent` aborts; returns whether it is gone. */
export async function waitForEnd(
  identity: ProcessIdentity,
  milliseconds: number,
  urgent?: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isProcessRunning(identity)) {
    if (Date.now() > deadline || urgent?.aborted) return false;
    await sleep(25);
  }
  return true;
}

/** Sends SIGTERM and, after a grace in milliseconds or once `urgent` aborts, SIGKILL. Resolves when the process is gone, or already was. */
export async function endProcess(identity: ProcessIdentity, grace: number, urgent?: AbortSignal): Promise<void> {
  if (!isProcessRunning(identity)) return;
  sendSignal(identity.pid, 'SIGTERM');
  if (await waitForEnd(identity, grace, urgent)) return;
  sendSignal(identity.pid, 'SIGKILL');
  await waitForEnd(identity, 5_000);
}

/** Sends a signal to a process or, if `pid` is negative, to the group that it leads. Does nothing when it has ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
