import type { ContainerEnd } from '../campaign/run-outcome.ts';
import { trouble } from '../errors.ts';
import type { ContainerState, Engine } from './engine.ts';
import type { HeadAndTail } from './head-and-tail.ts';

/** How a container ran; times by the runner's clocks, `seconds` by the monotonic one. */
export interface ContainerRun {
  end: ContainerEnd;
  /** Null when it never started. */
  times: { startedAt: string; stoppedAt: string; seconds: number } | null;
  state: ContainerState;
}

interface RunContainer {
  engine: Engine;
  container: string;
  createArguments: string[];
  wallClockSeconds: number;
  log: HeadAndTail;
  stop: AbortSignal;
}

const killAgainAfterMs = 2_000;
const killTries = 30;
/** Node's timers fire at once beyond 24.8 days. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Runs a container from create to its end, in which `log` gets all it prints. It is killed when its wall clock is over or
 * `stop` says so; what the engine refuses to start is an end too, with the fault its words tell.
 */
export async function runContainer(request: RunContainer): Promise<ContainerRun> {
  const { engine, container, log, stop } = request;
  const notStarted: ContainerState = { running: false, wasStarted: false, exitCode: 0, outOfMemoryKilled: false };
  const refused = await engine.create(request.createArguments);
  if (refused !== undefined) return { end: neverStarted(refused.refusal), times: null, state: notStarted };
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
  if (state.running) throw trouble('CONTAINER_LOST', { container });
  if (killedFor !== undefined) return { end: { kind: killedFor }, times, state };
  if (!state.wasStarted || isForeign(state, log)) return { end: neverStarted(log.tailText()), times: null, state };
  return { end: { kind: 'exited', exitCode: state.exitCode }, times, state };
}

type KilledFor = 'time-limit' | 'stopped';

/** Starts the container and answers, when its output has ended, why it was killed, if it was. */
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

/** A start under way cannot be killed yet, so: again until the caller clears the timer, or has been told to give up. */
function keepKilling(engine: Engine, container: string, giveUp: () => void): NodeJS.Timeout {
  let triesLeft = killTries;
  const attempt = (): void => {
    if (triesLeft-- === 0) giveUp();
    else void engine.kill(container).catch(() => {});
  };
  attempt();
  return setInterval(attempt, killAgainAfterMs);
}

/** The engines' words for an image that cannot be run: its entry point, work folder, architecture, or files in the way. */
const teamsDoing =
  /exec: "|executable|exec format error|workdir .* does not exist|chdir to cwd|no command (?:specified|or entrypoint)|to rootfs at .*not a directory/i;

/** The runtime finds out only inside the container that a program is for another machine; then that is all it prints. */
function isForeign({ exitCode }: ContainerState, log: HeadAndTail): boolean {
  return exitCode !== 0 && /^(?:\S+ )?exec (?:\S+|user process caused): exec format error\s*$/.test(log.tailText());
}

const neverStarted = (detail: string): ContainerEnd => ({
  kind: 'never-started',
  fault: teamsDoing.test(detail) ? 'team' : 'platform',
  detail: detail.slice(-1000),
});
