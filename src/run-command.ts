import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';

export interface CommandResult {
  /** Exit status; null when the program could not be started or a signal ended it. */
  status: number | null;
  /** As text; {@link bytes} has what the program wrote. */
  stdout: string;
  bytes: Buffer;
  /** Trimmed; names the exit status or signal of a program that failed without a word. */
  stderr: string;
  /** Why the program could not be started. */
  startError?: NodeJS.ErrnoException;
}

interface CommandOptions {
  env?: NodeJS.ProcessEnv;
  /** Milliseconds after which the program is killed. */
  timeout?: number;
  /** Sent to its standard input, which is empty otherwise. */
  input?: Buffer;
  /** Ends the program; the call then rejects with the abort reason. */
  stop?: AbortSignal;
  /** File descriptor that the program gets as number 3. */
  descriptor?: number;
  /** See {@link spawnDetached}. */
  detached?: boolean;
}

/** More output than this ends the program: some of it comes from strangers, such as a registry's manifests. */
const maxOutputBytes = 16 * 2 ** 20;

/** Runs a program to its end and returns its output, also when it fails or does not exist. */
export function runCommand(program: string, args: string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { env = process.env, timeout, input, stop, descriptor, detached = false } = options;
  return new Promise((resolve, reject) => {
    stop?.throwIfAborted();
    const child = (detached ? spawnDetached : spawn)(program, args, {
      env,
      stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe', ...(descriptor === undefined ? [] : [descriptor])],
      ...(timeout !== undefined && { timeout, killSignal: 'SIGKILL' }),
      ...(stop && { signal: stop }),
    });
    let tooMuch = false;
    const stopWriting = (): void => {
      tooMuch = true;
      child.kill('SIGKILL');
    };
    const output = collect(child.stdout, stopWriting);
    const errors = collect(child.stderr, stopWriting);
    child.on('error', (error) => {
      if (stop?.aborted) reject(error);
      else resolve({ status: null, stdout: '', bytes: Buffer.alloc(0), stderr: error.message, startError: error });
    });
    // Grandchildren of a killed program may hold its pipes open.
    child.on('exit', () => child.killed && [child.stdout, child.stderr].forEach((stream) => stream?.destroy()));
    child.on('close', (status, signal) => {
      const bytes = output();
      const failure = signal === null ? `exit status ${status}` : `killed by ${signal}`;
      const stderr = tooMuch ? 'wrote more than 16 MiB' : errors().toString('utf8').trim();
      resolve({ status, stdout: bytes.toString('utf8'), bytes, stderr: stderr || (status === 0 ? '' : failure) });
    });
    // A program that ends early closes the pipe; its exit status says why.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/**
 * Starts a program in a process group of its own, so that a signal to this process's group does not reach it, and under the
 * usual umask: a container engine makes folders that an image leaves out, and the submission's user has to enter them.
 */
export function spawnDetached(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const umask = process.umask(0o022);
  try {
    return spawn(program, args, { ...options, detached: true });
  } finally {
    process.umask(umask);
  }
}

function collect(stream: NodeJS.ReadableStream | null, stop: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxOutputBytes) stop();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks);
}

/** The last lines of a program's output, for an error message. */
export const lastLines = (text: string, count = 5): string => text.trimEnd().split('\n').slice(-count).join('\n');
