import { join } from 'node:path';
import type { RunnerSettings } from './runner-settings.ts';

/** Everything a run owns on its host, derived from the job id alone so that a reaper finds what a killed runner left. */
export interface RunPlace {
  container: string;
  /** Container that never runs: it holds the image's files under a writable root. */
  base: string;
  /** Parent control group, as the engine and the kernel's log name it. */
  cgroup: string;
  /** Only root can look inside. */
  folder: string;
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

export function runPlaceOf({ scratch, jobId }: Pick<RunnerSettings, 'scratch' | 'jobId'>): RunPlace {
  const folder = join(scratch, 'runs', jobId);
  return {
    container: `ho-${jobId}`,
    base: `ho-${jobId}-base`,
    cgroup: `/holdout/${jobId}`,
    folder,
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
