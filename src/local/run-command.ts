import { execFile } from 'node:child_process';

export interface CommandResult {
  /** Exit status; null when the program is missing, was killed or ran into the time limit. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end and answers what came of it, also when it failed or does not exist. `timeout` in
 * milliseconds; `input` goes to its stdin. Of each stream 16 MiB are kept.
 */
export function runCommand(
  program: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; timeout?: number; input?: Buffer } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        env: options.env ?? process.env,
        timeout: options.timeout ?? 0,
        killSignal: 'SIGKILL',
        maxBuffer: 16 * 1024 * 1024,
      },
      (error, stdout, stderr) =>
        resolve({
          status: error === null ? 0 : typeof error.code === 'number' ? error.code : null,
          stdout,
          stderr: stderr === '' && error !== null ? error.message : stderr,
        }),
    );
    // A program that is missing or ends early closes the pipe; its status tells the story.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input);
  });
}

/** The last lines of what a program printed, for an error message. */
export const lastLines = (text: string, count = 5): string => text.trimEnd().split('\n').slice(-count).join('\n');
