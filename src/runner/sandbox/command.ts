import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { holdoutError } from '../../errors.ts';

export interface CommandResult {
  /** Null when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

interface CommandOptions {
  /** Ends the command. */
  stop?: AbortSignal;
  /** File descriptor that the command gets as number 3. */
  descriptor?: number;
}

/**
 * Runs a command to its end and answers whatever that was; for commands with small output. It gets a process group of its
 * own, so that a signal to the runner's group reaches only the runner. Throws COMMAND_FAILED when it cannot be started.
 */
export function run(command: readonly string[], { stop, descriptor }: CommandOptions = {}): Promise<CommandResult> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    stop?.throwIfAborted();
    const child = spawnOpenly(program, args, {
      stdio: ['ignore', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
      ...(stop && { signal: stop }),
    });
    const chunks: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
    child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
    child.on('error', (error) => reject(stop?.aborted ? error : commandFailed(command, error.message, error)));
    child.on('close', (exitCode) =>
      resolve({ exitCode, stdout: textOf(chunks.stdout), stderr: textOf(chunks.stderr).trim() }),
    );
  });
}

/** Runs a command that has to succeed and answers its standard output; throws COMMAND_FAILED. */
export async function succeed(command: readonly string[], options?: CommandOptions): Promise<string> {
  const { exitCode, stdout, stderr } = await run(command, options);
  if (exitCode !== 0) throw commandFailed(command, stderr || `exit status ${exitCode}`);
  return stdout;
}

/**
 * Starts a program in a process group of its own under the usual umask, whatever the runner's is: an engine makes folders
 * that an image's layers leave out by its own umask, and the submission's user has to enter them.
 */
export function spawnOpenly(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const umask = process.umask(0o022);
  try {
    return spawn(program, args, { ...options, detached: true });
  } finally {
    process.umask(umask);
  }
}

const textOf = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8');

const commandFailed = (command: readonly string[], cause: string, error?: unknown): Error =>
  holdoutError('COMMAND_FAILED', { command: command.join(' '), cause }, error);
