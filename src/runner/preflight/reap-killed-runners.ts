import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { holdoutError } from '../../errors.ts';
import { containerLabels } from '../launch/container-labels.ts';
import { runnerContainer } from '../launch/runner-container.ts';
import type { RunnerSettings } from '../runner-settings.ts';
import type { ContainerEngine } from '../sandbox/engine.ts';
import { reap } from '../sandbox/release.ts';

/**
 * Removes what runners that were killed left on this host. Throws HOST_SHARED if a runner of another job works here: two
 * submissions would share memory, processors and the GPU, and each could be judged by the other's use.
 */
export async function reapKilledRunners(engine: ContainerEngine, settings: RunnerSettings): Promise<void> {
  const containers = (await containersOf(engine)).filter(({ jobId }) => jobId !== settings.jobId);
  const working = containers.filter(({ isRunner, isRunning }) => isRunner && isRunning).map(({ jobId }) => jobId);
  if (working.length > 0) throw holdoutError('HOST_SHARED', { jobs: working });
  const folders = await readdir(join(settings.scratch, 'runs')).catch(() => []);
  const left = new Set([...containers.map(({ jobId }) => jobId), ...folders]);
  left.delete(settings.jobId);
  for (const jobId of left) {
    await engine.remove(runnerContainer(jobId));
    await reap({ ...settings, jobId });
  }
}

interface JobContainer {
  jobId: string;
  /** False: a submission. */
  isRunner: boolean;
  isRunning: boolean;
}

/** The containers of all jobs, by their labels; ended ones too. */
async function containersOf(engine: ContainerEngine): Promise<JobContainer[]> {
  const format = `{{.State}} {{.Label "${containerLabels.runner}"}}/{{.Label "${containerLabels.job}"}}`;
  const { status, stdout, stderr } = await engine.call(['ps', '--all', '--no-trunc', `--format=${format}`]);
  if (status !== 0) throw holdoutError('ENGINE_SILENT', { cause: stderr });
  return stdout.split('\n').flatMap((line) => {
    const [, state, runner = '', submission = ''] = /^(\S+) ([^/]*)\/(.*)$/.exec(line) ?? [];
    const jobId = runner || submission;
    return jobId === '' ? [] : [{ jobId, isRunner: runner !== '', isRunning: state === 'running' }];
  });
}
