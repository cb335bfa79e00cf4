import { resolve } from 'node:path';
import { holdoutError } from '../errors.ts';
import { defaultScratch } from '../host-paths.ts';

/** How to call the container engine of this host. */
export interface EngineSettings {
  name: 'docker' | 'podman';
  /** The engine with its global flags, e.g. `["podman", "--runtime", "runc"]`. */
  command: string[];
  /** Flags that this host needs on every container, e.g. lower ulimits where the defaults are refused. */
  runFlags: string[];
  /** Where the engine stores images and containers, if outside of the home and on this machine. */
  storage?: string;
  /** Folder in which runners note that this host confines submissions; absent: one in the scratch folder. */
  markers?: string;
}

/** The settings that the runner needs before it reads its spec. */
export interface RunnerSettings {
  jobId: string;
  /** Folder of the staged inputs and of the runs, shared by all runners of a host. */
  scratch: string;
  engine: EngineSettings;
  /** UUIDs of the GPUs that the job may use; undefined: nobody assigned them. */
  assignedGpus?: readonly string[] | undefined;
  /** The runner's own image, on a host of AWS Batch; a job has that host to itself. */
  image?: string | undefined;
}

const defaultEngine: EngineSettings = { name: 'docker', command: ['docker'], runFlags: [] };

/** Job ids become names of containers, folders and control groups. */
const jobIdPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/** Reads HOLDOUT_SCRATCH, HOLDOUT_ENGINE (JSON of {@link EngineSettings}), NVIDIA_VISIBLE_DEVICES and HOLDOUT_RUNNER_IMAGE; throws RUNNER_SETTING. */
export function loadRunnerSettings(jobId: string | undefined, env: NodeJS.ProcessEnv = process.env): RunnerSettings {
  if (jobId === undefined || !jobIdPattern.test(jobId)) {
    throw holdoutError('RUNNER_SETTING', { name: 'AWS_BATCH_JOB_ID', value: jobId ?? '' });
  }
  return {
    jobId,
    scratch: resolve(env['HOLDOUT_SCRATCH'] ?? defaultScratch),
    engine: readEngine(env['HOLDOUT_ENGINE']),
    assignedGpus: readAssignedGpus(env['NVIDIA_VISIBLE_DEVICES']),
    image: env['HOLDOUT_RUNNER_IMAGE'] || undefined,
  };
}

/** The ECS agent lists UUIDs. The variable's other values assign none. */
function readAssignedGpus(value = 'all'): string[] | undefined {
  if (['', 'all', 'none', 'void'].includes(value)) return undefined;
  const assigned = value.split(',');
  if (assigned.every((uuid) => uuid.startsWith('GPU-'))) return assigned;
  throw holdoutError('RUNNER_SETTING', { name: 'NVIDIA_VISIBLE_DEVICES', value });
}

function readEngine(value: string | undefined): EngineSettings {
  if (value === undefined) return defaultEngine;
  try {
    const engine = JSON.parse(value) as EngineSettings;
    if (
      (engine.name === 'docker' || engine.name === 'podman') &&
      [engine.command, engine.runFlags].every(Array.isArray)
    )
      return engine;
  } catch (error) {
    throw holdoutError('RUNNER_SETTING', { name: 'HOLDOUT_ENGINE', value }, error);
  }
  throw holdoutError('RUNNER_SETTING', { name: 'HOLDOUT_ENGINE', value });
}
