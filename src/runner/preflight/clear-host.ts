import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import { labels } from '../launch/labels.ts';
import { runnerContainer } from '../launch/runner-container.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';
import { reap } from '../sandbox/release.ts';

/**
 * Removes what runners that were killed left on this host. Throws HOST_SHARED if a runner of another job works here: two
 * submissions would share memory, processors and the GPU, and each could be judged by the other's use.
 */
export async function clearHost(engine: ContainerEngine, settings: RunnerSettings): Promise<void> {
  const working = await jobsWith(engine, labels.runner);
  const others = working.filter((jobId) => jobId !== settings.jobId);
  if (others.length > 0) throw holdoutError('HOST_SHARED', { jobs: others });
  const folders = await readdir(join(settings.scratch, 'runs')).catch(() => []);
  const left = new Set([
    ...(await jobsWith(engine, labels.runner, '--all')),
    ...(await jobsWith(engine, labels.job, '--all')),
    ...folders,
  ]);
  left.delete(settings.jobId);
  for (const jobId of left) {
    await engine.remove(runnerContainer(jobId));
    await reap({ ...settings, jobId });
  }
}

/** The jobs that running containers name in this label; with `--all` ended ones too. */
async function jobsWith(engine: ContainerEngine, label: string, ...flags: '--all'[]): Promise<string[]> {
  const filters = ['--no-trunc', `--filter=label=${label}`, `--format={{.Label "${label}"}}`, ...flags];
  const { status, stdout, stderr } = await engine.call(['ps', ...filters]);
  if (status !== 0) throw holdoutError('ENGINE_SILENT', { cause: stderr });
  return [...new Set(stdout.split('\n').filter(Boolean))];
}
