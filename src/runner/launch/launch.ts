import { once } from 'node:events';
import { runnerExit } from '../../campaign/model/run-outcome.ts';
import { holdoutError } from '../../errors.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import { ContainerEngine } from '../sandbox/engine.ts';
import { runnerTimings } from '../runner-timings.ts';
import { ownContainer } from './own-container.ts';
import { runnerArguments, runnerContainer } from './runner-container.ts';

/** Exit statuses after which a runner has left nothing on its host. */
const cleanExits: readonly number[] = Object.values(runnerExit);

interface Launch {
  settings: RunnerSettings;
  environment: NodeJS.ProcessEnv;
  /** Aborted by SIGTERM. */
  stop: AbortSignal;
}

/**
 * Starts the runner in a container of its own and returns its exit status. Batch mounts the host's folders so that nobody
 * outside sees what is mounted there (`rprivate`); the launcher asks the engine for a container without that limit. Throws
 * RUNNER_SETTING, ENGINE_SILENT, RUNNER_NOT_STARTED, and RUNNER_LOST after removing what the runner left.
 */
export async function launch({ settings, environment, stop }: Launch): Promise<number> {
  const { jobId, scratch, image } = settings;
  if (image === undefined) throw holdoutError('RUNNER_SETTING', { name: 'HOLDOUT_RUNNER_IMAGE', value: '' });
  const engine = new ContainerEngine(settings.engine);
  const launcher = await ownContainer(engine, jobId);
  const start = (name: string, ...command: string[]): Promise<number> =>
    runToEnd(engine, runnerArguments({ name, jobId, launcher, image, scratch, environment, command }), name, stop);
  const status = await start(runnerContainer(jobId), 'run');
  if (cleanExits.includes(status)) return status;
  await start(`ho-${jobId}-reaper`, 'reap', jobId);
  throw holdoutError('RUNNER_LOST', { status });
}

/** Runs a container to its end, removes it and returns its exit status. It gets the SIGTERM that this process gets. */
async function runToEnd(engine: ContainerEngine, args: string[], name: string, stop: AbortSignal): Promise<number> {
  const refused = await engine.create(args);
  if (refused !== undefined) throw holdoutError('RUNNER_NOT_STARTED', { cause: refused.refusal });
  let signals: NodeJS.Timeout | undefined;
  const signal = (): void => void engine.call(['kill', '--signal=TERM', name]);
  // Repeated, because a container that is still starting gets no signal.
  const onStop = (): void => {
    signal();
    signals = setInterval(signal, runnerTimings.signalAgain);
  };
  try {
    const attached = engine.startTied(name);
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop);
    await once(attached, 'close');
    const { wasStarted, running, exitCode } = await engine.state(name);
    if (!wasStarted) throw holdoutError('RUNNER_NOT_STARTED', { cause: await startError(engine, name) });
    return running ? Number((await engine.call(['wait', name])).stdout) : exitCode;
  } finally {
    stop.removeEventListener('abort', onStop);
    clearInterval(signals);
    await engine.remove(name);
  }
}

/** Why the engine did not start a container that it had created. */
async function startError(engine: ContainerEngine, name: string): Promise<string> {
  const { stdout } = await engine.call(['container', 'inspect', '--format', '{{.State.Error}}', name]);
  return stdout.trim();
}
