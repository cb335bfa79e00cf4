import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOriginal, isProcessRunning, type ProcessIdentity } from '../../process-identity.ts';
import { jobLog } from './job-log.ts';

/**
 * The wrapper process around a runner, so that a job outlives the endpoint and its exit status is stored. It writes to the
 * job's folder, in this order:
 * - `process`: its own identity. A hard link, so that only one wrapper per job ever continues;
 * - `runner`: the runner's pid, before the runner starts. Signals go to this pid, so the wrapper need not forward them;
 * - `exit`: the runner's exit status, 128 + n after signal n, as container engines report it.
 * Finally it kills its process group: like a container, a job leaves no process behind.
 */
const wrapper = `
folder=$1
shift
identity() {
  shift 19
  printf '{"pid":%s,"startTime":"%s","boot":"%s","folder":"%s"}\\n' "$$" "$1" "$boot" "$place"
}
read -r boot </proc/sys/kernel/random/boot_id
read -r stat </proc/$$/stat
place=$(command -p stat -c %d:%i "$folder")
identity \${stat##*) } >"$folder/process.$$"
command -p ln "$folder/process.$$" "$folder/process" || exit
/bin/sh -c 'printf "%s\\n" "$$" >"$0" && unset PWD && exec "$@"' "$folder/runner" "$@"
printf '%s\\n' "$?" >"$folder/exit.new"
command -p mv "$folder/exit.new" "$folder/exit"
kill -KILL 0
`;

/** Written in place of a wrapper's identity to prevent a wrapper from starting. */
const forbidden = 'forbidden';

/** The state of a job's process, by its folder and /proc. `at`: when it ended, in milliseconds. */
export type ProcessState =
  { kind: 'not-started' } | { kind: 'running' } | { kind: 'exited'; code: number; at: number } | { kind: 'gone' };

/** Starts a job's process, detached and with exactly this environment; its output goes to its {@link jobLog}. */
export function startJobProcess(folder: string, command: string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const log = openSync(jobLog(folder), 'a');
  try {
    const child = spawn('/bin/sh', ['-c', wrapper, 'holdout-job', folder, ...command], {
      detached: true,
      stdio: ['ignore', log, log],
      env: environment,
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The state of a job's process, also of one that an earlier endpoint started. */
export function stateOfProcess(folder: string): ProcessState {
  if (contentOf(join(folder, 'process')) === undefined) return { kind: 'not-started' };
  const identity = identityIn(folder);
  // Checked before the exit file is read: a process that ends in between has written the file by then.
  if (identity !== undefined && isProcessRunning(identity)) return { kind: 'running' };
  const code = contentOf(join(folder, 'exit'));
  if (code === undefined) return { kind: 'gone' };
  return { kind: 'exited', code: Number(code), at: changedAt(join(folder, 'exit')) };
}

/**
 * Whether a process of this folder ever ran. Not so for one that was forbidden, nor in a copy of the folder: what the original's
 * process holds, its containers and control groups, is not the copy's to clean up.
 */
export const hasStarted = (folder: string): boolean => identityIn(folder) !== undefined;

/** Ensures that a process that has not started never starts; false when it has started in the meantime. */
export function forbidProcess(folder: string): boolean {
  try {
    writeFileSync(join(folder, 'process'), forbidden, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Signals the runner itself, not its wrapper; false when there is no runner, not yet or no longer. */
export function signalRunner(folder: string, jobId: string, signal: NodeJS.Signals): boolean {
  const pid = runnerOf(folder, jobId);
  return pid !== undefined && send(pid, signal);
}

/** Kills the remaining processes of a job whose wrapper is gone, since their exit status would be lost. */
export function killLeftovers(folder: string, jobId: string): void {
  const group = identityIn(folder)?.pid;
  // While one process of the group is alive, its id is not reused.
  if (group !== undefined && runnerOf(folder, jobId) !== undefined) send(-group, 'SIGKILL');
}

/** When the process started, in milliseconds. */
export const startedAtOf = (folder: string): number => changedAt(join(folder, 'process'));

/** The last time the process is known to have been alive, in milliseconds: its start, or its last output. */
export const lastActivityAt = (folder: string): number => Math.max(startedAtOf(folder), changedAt(jobLog(folder)));

/** The runner's pid, if the environment of that process shows that it still belongs to this job. */
function runnerOf(folder: string, jobId: string): number | undefined {
  const pid = contentOf(join(folder, 'runner'));
  if (pid === undefined || identityIn(folder) === undefined) return undefined;
  const variables = contentOf(`/proc/${pid}/environ`)?.split('\0');
  return variables?.includes(`AWS_BATCH_JOB_ID=${jobId}`) ? Number(pid) : undefined;
}

/** The wrapper's identity; undefined if none has started, or none may, or in a copy of the folder: the original's job is not this one's. */
function identityIn(folder: string): ProcessIdentity | undefined {
  const file = join(folder, 'process');
  const written = contentOf(file);
  if (written === undefined || written === forbidden) return undefined;
  const identity = JSON.parse(written) as ProcessIdentity & { folder?: string };
  return isOriginal(file, identity) ? identity : undefined;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** A small file's trimmed text; undefined when it is missing or still empty. */
function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function changedAt(file: string): number {
  return Math.floor(statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}
