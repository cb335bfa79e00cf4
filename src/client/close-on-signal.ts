import { messageOf } from '../errors.ts';
import type { Stack } from '../local/stack/open-stack.ts';
import { exitStatus } from './exit-status.ts';
import type { Output } from './output.ts';

/** As a shell reports a process ended by a signal. */
const statusOfSignals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export type Closing = ReturnType<typeof closeOnSignal>;

/** The first Ctrl-C (or SIGTERM) closes the stack in order; everything stays on disk and the same command goes on. */
export function closeOnSignal(stack: Stack, output: Output) {
  let closed: Promise<void> | undefined;
  let asked = (): void => undefined;
  let isAsked = false;
  const wait = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const close = (): Promise<void> => (closed ??= stack.close());
  for (const [signal, status] of Object.entries(statusOfSignals)) {
    process.once(signal, () => {
      const others = stack.others();
      output.say(
        stack.attached || others.length > 0
          ? 'leaving; the stack stays up for the others that need it'
          : 'closing the stack; the same command goes on from here',
      );
      asked();
      if (isAsked) return;
      close().then(
        () => process.exit(status),
        (error: unknown) => {
          output.say(`holdout: ${messageOf(error)}`);
          process.exit(exitStatus.failed);
        },
      );
    });
  }
  return {
    close,
    asked: (): Promise<void> => {
      isAsked = true;
      output.say(`The stack stays up for the Web UI at ${stack.endpoints.ui}; Ctrl-C ends it.`);
      return wait;
    },
  };
}
