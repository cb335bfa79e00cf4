import { messageOf } from '../errors.ts';
import type { Stack } from '../local/stack/open-stack.ts';
import type { StopSignals } from '../local/stack/stop-signals.ts';
import { exitStatus } from './exit-status.ts';
import type { Output } from './output.ts';

export type Closing = ReturnType<typeof closeOnSignal>;

/** On the first Ctrl-C (or SIGTERM, or without a terminal), closes the stack in order; all state stays on disk. */
export function closeOnSignal(stack: Stack, signals: StopSignals, output: Output) {
  let closed: Promise<void> | undefined;
  let awaited: (() => void) | undefined;
  const close = (): Promise<void> => (closed ??= stack.close());
  signals.urgent.addEventListener('abort', () => output.say('ending everything at once'));
  signals.onStop((status) => {
    const others = stack.others();
    output.say(
      stack.attached || others.length > 0
        ? 'leaving; the stack stays up for other commands'
        : 'stopping the stack; run the same command again to continue',
    );
    if (awaited) return awaited();
    close().then(
      () => process.exit(status),
      (error: unknown) => {
        output.say(`holdout: ${messageOf(error)}`);
        process.exit(exitStatus.failed);
      },
    );
  });
  return {
    close,
    /** Keeps the stack up until the signal; the caller closes it then. */
    untilSignal: (): Promise<void> => {
      output.say(`The stack stays up for the Web UI at ${stack.endpoints.uiLink}; Ctrl-C stops it.`);
      return new Promise((resolve) => {
        awaited = resolve;
      });
    },
  };
}
