import { join } from 'node:path';
import { submissionUser } from '../../submission-user.ts';
import type { RunnerSettings } from '../runner-settings.ts';

/** The names of everything a run has on its host. They derive from the job id, so that a reaper finds what a killed runner left. */
export interface RunPaths {
  container: string;
  /** A container that never runs; it provides the image's files for a writable root. */
  base: string;
  /** The image of a drill of the isolation. */
  drillImage: string;
  /** Parent control group, as the engine and the kernel's log name it. */
  cgroup: string;
  /** Accessible to root only. */
  folder: string;
  /** Account of the submission, `uid:gid`. */
  user: string;
  /** This run's own mount of the inputs. */
  inputs: string;
  /** The sparse file behind the mount `output`. */
  outputImage: string;
  output: string;
  /** The sparse file behind the mount `layer`, which stores what is written to a writable root. */
  layerImage: string;
  layer: string;
  /** The mount of a writable root. */
  root: string;
  /** The mount of /tmp. */
  temporary: string;
  /** The mount of /dev/pts. */
  terminals: string;
  /** The mount that emulates the memory of a GPU. */
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
    drillImage: `localhost/holdout/drill:${jobId}`,
    cgroup: `/holdout/${jobId}`,
    folder,
    user: submissionUser(jobId),
    inputs: join(folder, 'own-inputs'),
    outputImage: join(folder, 'output.ext4'),
    output: join(folder, 'output'),
    layerImage: join(folder, 'layer.ext4'),
    layer: join(folder, 'layer'),
    root: join(folder, 'root'),
    temporary: join(folder, 'temporary'),
    terminals: join(folder, 'terminals'),
    device: join(folder, 'device'),
    seccompProfile: join(folder, 'seccomp.json'),
    hosts: join(folder, 'hosts'),
    predictions: join(folder, 'predictions'),
  };
}
