import type { RunnerSettings } from '../runner-settings.ts';
import { ContainerEngine } from '../sandbox/engine.ts';
import { runnerContainer } from './runner-container.ts';

/**
 * Does the work of a runner that has a launcher. Standard input ends with the launcher, however that ends; the work is then
 * stopped, as by SIGTERM, and the runner's container removes itself, because nobody else is left to do it.
 */
export async function runWithLauncher(
  settings: RunnerSettings,
  stop: AbortController,
  work: (stop: AbortSignal) => Promise<number>,
): Promise<number> {
  let isAlone = false;
  process.stdin.resume().on('close', () => {
    isAlone = true;
    stop.abort();
  });
  const status = await work(stop.signal);
  if (isAlone) await new ContainerEngine(settings.engine).remove(runnerContainer(settings.jobId));
  return status;
}
