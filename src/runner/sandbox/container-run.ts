import type { ContainerEnd } from '../../campaign/model/run-outcome.ts';
import { holdoutError } from '../../errors.ts';
import { type NeverStarted, refusedAfterStart, refusedStart } from './start-refusal.ts';
import type { ContainerState, ContainerEngine } from './engine.ts';
import type { HeadAndTail } from '../measure/head-and-tail.ts';
import { runnerTimings } from '../runner-timings.ts';

/** How a container ran. The times are the runner's; `seconds` is from the monotonic clock. */
export interface ContainerRun {
  end: ContainerEnd;
  /** Null if it never started. */
  times: { startedAt: string; stoppedAt: string; seconds: number } | null;
  state: ContainerState;
}

interface RunContainer {
  engine: ContainerEngine;
  container: string;
  createArguments: string[];
  /** Why it cannot start, if that is already known. */
  refusal: NeverStarted | undefined;
  /** Called between create and start. */
  prepare: () => Promise<void>;
  wallClockSeconds: number;
  log: HeadAndTail;
  stop: AbortSignal;
}

const maxKills = 30;
/** Node's timers fire immediately beyond 24.8 days. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Runs a container to its end; `log` gets everything it prints. Kills it at its wall-clock limit or when `stop` aborts. If the
 * engine refuses to create or start it, the end says whose fault that is.
 */
export async function runContainer(request: RunContainer): Promise<ContainerRun> {
  const { engine, container, log, stop } = request;
  const notStarted: ContainerState = { running: false, wasStarted: false, exitCode: 0, outOfMemoryKilled: false };
  if (request.refusal !== undefined) return { end: request.refusal, times: null, state: notStarted };
  const refused = await engine.create(request.createArguments);
  if (refused !== undefined) return { end: refusedStart(refused.refusal), times: null, state: notStarted };
  await request.prepare();
  stop.throwIfAborted();
  const startedAt = new Date();
  const clock = performance.now();
  const killedFor = await followToEnd(request);
  const times = {
    startedAt: startedAt.toISOString(),
    stoppedAt: new Date().toISOString(),
    seconds: (performance.now() - clock) / 1000,
  };
  const state = await engine.state(container);
  if (state.running) throw holdoutError('CONTAINER_LOST', { container });
  if (killedFor !== undefined) return { end: { kind: killedFor }, times, state };
  const refusedLate = state.wasStarted
    ? refusedAfterStart(state.exitCode, log.tailText())
    : refusedStart(log.tailText());
  if (refusedLate !== undefined) return { end: refusedLate, times: null, state };
  return { end: { kind: 'exited', exitCode: state.exitCode }, times, state };
}

type KilledFor = 'time-limit' | 'stopped';

/** Starts the container and waits for the end of its output; returns why it was killed, if it was. */
function followToEnd({ engine, container, wallClockSeconds, log, stop }: RunContainer): Promise<KilledFor | undefined> {
  return new Promise((resolve, reject) => {
    const attached = engine.startAttached(container);
    let killedFor: KilledFor | undefined;
    let killer: NodeJS.Timeout | undefined;
    const kill = (why: KilledFor): void => {
      if (killedFor !== undefined) return;
      killedFor = why;
      killer = keepKilling(engine, container, () => attached.kill('SIGKILL'));
    };
    const onStop = (): void => kill('stopped');
    const wallClock = setTimeout(() => kill('time-limit'), Math.min(wallClockSeconds * 1000, longestTimerMs));
    stop.addEventListener('abort', onStop);
    attached.stdout?.on('data', (chunk: Buffer) => log.write(chunk));
    attached.stderr?.on('data', (chunk: Buffer) => log.write(chunk));
    attached.on('error', reject);
    attached.on('close', () => {
      clearTimeout(wallClock);
      clearInterval(killer);
      stop.removeEventListener('abort', onStop);
      resolve(killedFor);
    });
  });
}

/** A container that is still starting cannot be killed: repeats until the caller clears the timer, then gives up. */
function keepKilling(engine: ContainerEngine, container: string, giveUp: () => void): NodeJS.Timeout {
  let killsLeft = maxKills;
  const kill = (): void => {
    if (killsLeft-- === 0) giveUp();
    else void engine.kill(container).catch(() => {});
  };
  kill();
  return setInterval(kill, runnerTimings.killAgain);
}
