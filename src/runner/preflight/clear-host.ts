import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import { labels } from '../launch/labels.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';
import { reap } from '../sandbox/release.ts';

/**
 * Removes what runners that were killed left on this host. Throws HOST_SHARED if a runner of another job works here: two
 * submissions would share memory, processors and the GPU, and each could be judged by the other's use.
 */
export async function clearHost(engine: ContainerEngine, settings: RunnerSettings): Promise<void> {
  const [working, started] = [await jobsWith(engine, labels.runner), await jobsWith(engine, labels.job)];
  const others = working.filter((jobId) => jobId !== settings.jobId);
  if (others.length > 0) throw holdoutError('HOST_SHARED', { jobs: others });
  const folders = await readdir(join(settings.scratch, 'runs')).catch(() => []);
  const left = new Set([...started, ...folders]);
  left.delete(settings.jobId);
  for (const jobId of left) await reap({ ...settings, jobId });
}

/** The jobs that running containers name in this label. */
async function jobsWith(engine: ContainerEngine, label: string): Promise<string[]> {
  const filters = ['--no-trunc', `--filter=label=${label}`, `--format={{.Label "${label}"}}`];
  const { status, stdout, stderr } = await engine.call(['ps', ...filters]);
  if (status !== 0) throw holdoutError('ENGINE_SILENT', { cause: stderr });
  return [...new Set(stdout.split('\n').filter(Boolean))];
}
