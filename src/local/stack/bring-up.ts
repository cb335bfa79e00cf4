import { HoldoutError, holdoutError } from '../../errors.ts';
import type { Home } from './home/home.ts';
import type { Ports } from './parts/ports.ts';
import { Supervisor } from './parts/supervisor.ts';
import { prepareParts, type StackOptions } from './prepare-parts.ts';
import { sweep } from './sweep.ts';
import { takeDown } from './take-down.ts';

/** How often a stack is started whose ports others take between the choice and the start, as several stacks at once may. */
const maxAttempts = 3;

/** The words of the servers in Go, and of our own. */
const hasLostPort = (error: unknown): boolean =>
  error instanceof HoldoutError &&
  error.code === 'PART_NOT_UP' &&
  /address already in use|^Port \d+ .*is taken/m.test(error.message);

/** The supervisor of a stack's parts, from when they begin to start. */
export interface Supervision {
  supervisor?: Supervisor;
}

/**
 * Starts all parts of a stack, again with other ports if another program took one meanwhile; `supervision` gets their supervisor, also
 * if a part does not start. Returns the ports.
 */
export async function bringUp(
  home: Home,
  options: StackOptions,
  supervision: Supervision,
  attempt = 1,
): Promise<Ports> {
  const { report, signals } = options;
  const { ports, parts, engine } = await prepareParts(home, options);
  if (options.simulation === undefined && attempt === 1) await sweep(home, engine, report);
  const supervisor = (supervision.supervisor = new Supervisor(home, report, parts));
  report('starting Temporal, the S3 server, the workers and the local Batch endpoint');
  signals?.guard();
  try {
    await unlessInterrupted(supervisor.start(), signals?.asked);
    return ports;
  } catch (error) {
    if (attempt === maxAttempts || !hasLostPort(error)) throw error;
  }
  report('another program took a port that was free before: starting again with other ports');
  await supervisor.stop();
  await takeDown(home, 'leave', signals?.urgent);
  return bringUp(home, options, supervision, attempt + 1);
}

/** Rejects at Ctrl-C while parts start, so that those already started are stopped and not left behind. */
async function unlessInterrupted(work: Promise<void>, asked: AbortSignal | undefined): Promise<void> {
  let interrupt = (): void => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () => reject(holdoutError('START_INTERRUPTED', {}));
  });
  asked?.addEventListener('abort', interrupt);
  try {
    await Promise.race([work, interrupted]);
  } finally {
    asked?.removeEventListener('abort', interrupt);
  }
}
