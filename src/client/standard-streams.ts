import { exitStatus } from './exit-status.ts';

const streams = [process.stdout, process.stderr];

/** The status that a shell gives a program which SIGPIPE ended; Node ignores that signal. */
const endedBySigpipe = 141;

/** Ends this process when the program that reads its output has ended: `holdout watch … | head`. */
export function endWithReader(): void {
  for (const stream of streams) {
    stream.on('error', ({ code }: NodeJS.ErrnoException) =>
      process.exit(code === 'EPIPE' ? endedBySigpipe : exitStatus.failed),
    );
  }
}

/** Resolves when everything printed has been taken: an exit cuts off what does not fit into the pipe of a slow reader. */
export async function allPrinted(): Promise<void> {
  await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))));
}
