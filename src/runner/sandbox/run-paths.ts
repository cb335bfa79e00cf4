import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RunnerSettings } from '../runner-settings.ts';

/** Everything a run owns on its host, derived from the job id alone so that a reaper finds what a killed runner left. */
export interface RunPaths {
  container: string;
  /** Container that never runs: it holds the image's files under a writable root. */
  base: string;
  /** Parent control group, as the engine and the kernel's log name it. */
  cgroup: string;
  /** Only root can look inside. */
  folder: string;
  /** Account of the submission, `uid:gid`. */
  user: string;
  /** Mount of the inputs for this run alone. */
  inputs: string;
  /** The sparse file behind the mount `output`. */
  outputImage: string;
  output: string;
  /** The sparse file behind the mount `layer`, which takes what is written to a writable root. */
  layerImage: string;
  layer: string;
  /** Mount that is a writable root. */
  root: string;
  /** Mount that is /tmp inside. */
  temporary: string;
  /** Mount that stands for the memory of an emulated device. */
  device: string;
  seccompProfile: string;
  hosts: string;
  predictions: string;
}

export function runPathsOf({ scratch, jobId }: Pick<RunnerSettings, 'scratch' | 'jobId'>): RunPaths {
  const folder = join(scratch, 'runs', jobId);
  return {
    container: `ho-${jobId}`,
    base: `ho-${jobId}-base`,
    cgroup: `/holdout/${jobId}`,
    folder,
    user: userOf(jobId),
    inputs: join(folder, 'own-inputs'),
    outputImage: join(folder, 'output.ext4'),
    output: join(folder, 'output'),
    layerImage: join(folder, 'layer.ext4'),
    layer: join(folder, 'layer'),
    root: join(folder, 'root'),
    temporary: join(folder, 'temporary'),
    device: join(folder, 'device'),
    seccompProfile: join(folder, 'seccomp.json'),
    hosts: join(folder, 'hosts'),
    predictions: join(folder, 'predictions'),
  };
}

/** Of every submission. No account of the host. */
const group = 64001;
/** So many users beginning at that one: no accounts of the host, and small enough for the owner in a header of tar. */
const users = 2 ** 20;

/**
 * A user for each run: by user, whatever the container, the kernel counts processes, pending signals, message queues,
 * inotify instances and the room of pipes, so that with one for all a run could use up what another needs.
 */
function userOf(jobId: string): string {
  const uid = users + (createHash('sha256').update(jobId).digest().readUInt32BE() % users);
  return `${uid}:${group}`;
}
