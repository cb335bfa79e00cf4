import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessRunning, type ProcessIdentity } from '../../process-identity.ts';

/**
 * What stands between the endpoint and a runner, so that a job outlives the endpoint and its exit status is kept. In the
 * job's folder it writes, in this order:
 * - `process`: its own identity. A hard link, so that for one job only one wrapper ever gets further;
 * - `runner`: the runner's pid, before the runner begins. Signals go there, so the wrapper need not forward any;
 * - `exit`: the runner's exit status, 128 + n for one killed by signal n, as a container engine counts.
 * In the end it kills its process group: like a container, a job leaves no process behind.
 */
const wrapper = `
folder=$1
shift
identity() {
  shift 19
  printf '{"pid":%s,"startTime":"%s","boot":"%s"}\\n' "$$" "$1" "$boot"
}
read -r boot </proc/sys/kernel/random/boot_id
read -r stat </proc/$$/stat
identity \${stat##*) } >"$folder/process.$$"
command -p ln "$folder/process.$$" "$folder/process" || exit
/bin/sh -c 'printf "%s\\n" "$$" >"$0" && unset PWD && exec "$@"' "$folder/runner" "$@"
printf '%s\\n' "$?" >"$folder/exit.new"
command -p mv "$folder/exit.new" "$folder/exit"
kill -KILL 0
`;

/** Stands in the place of a wrapper's identity where no wrapper may begin any more. */
const forbidden = 'forbidden';

/** What a job's folder and /proc say of its process. `at`: when it ended, milliseconds. */
export type ProcessState =
  { kind: 'unbegun' } | { kind: 'running' } | { kind: 'exited'; code: number; at: number } | { kind: 'gone' };

/** Starts a job's process, detached, with exactly this environment; its output goes to `runner.log` in the folder. */
export function startJobProcess(folder: string, command: string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const log = openSync(join(folder, 'runner.log'), 'a');
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

/** Looks after a job's process; works for one that an earlier endpoint started. */
export function stateOfProcess(folder: string): ProcessState {
  const begun = contentOf(join(folder, 'process'));
  if (begun === undefined) return { kind: 'unbegun' };
  const identity = identityIn(begun);
  // Asked before the exit file is read: a process that ends in between has written it by then.
  if (identity !== undefined && isProcessRunning(identity)) return { kind: 'running' };
  const code = contentOf(join(folder, 'exit'));
  if (code === undefined) return { kind: 'gone' };
  return { kind: 'exited', code: Number(code), at: changedAt(join(folder, 'exit')) };
}

/** Makes sure that a process not seen yet never runs; false when it has begun after all. */
export function forbidProcess(folder: string): boolean {
  try {
    writeFileSync(join(folder, 'process'), forbidden, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Sends a signal to the runner itself, not to its wrapper; false when there is no runner yet or any more. */
export function signalRunner(folder: string, jobId: string, signal: NodeJS.Signals): boolean {
  const pid = runnerOf(folder, jobId);
  return pid !== undefined && send(pid, signal);
}

/** Ends what may be left of a job whose wrapper is gone: nobody would learn how it ended. */
export function killLeftovers(folder: string, jobId: string): void {
  const begun = contentOf(join(folder, 'process'));
  const group = begun === undefined ? undefined : identityIn(begun)?.pid;
  // While one process of the group lives, its number belongs to no other group.
  if (group !== undefined && runnerOf(folder, jobId) !== undefined) send(-group, 'SIGKILL');
}

/** When the process began, milliseconds. */
export const beganAt = (folder: string): number => changedAt(join(folder, 'process'));

/** The last time the process is known to have lived, milliseconds: its beginning, or its last word in the log. */
export const lastActivityAt = (folder: string): number =>
  Math.max(beganAt(folder), changedAt(join(folder, 'runner.log')));

/** The runner's pid, if that process is still this job's: its environment says so. */
function runnerOf(folder: string, jobId: string): number | undefined {
  const pid = contentOf(join(folder, 'runner'));
  if (pid === undefined) return undefined;
  const variables = contentOf(`/proc/${pid}/environ`)?.split('\0');
  return variables?.includes(`AWS_BATCH_JOB_ID=${jobId}`) ? Number(pid) : undefined;
}

const identityIn = (begun: string): ProcessIdentity | undefined =>
  begun === forbidden ? undefined : (JSON.parse(begun) as ProcessIdentity);

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
