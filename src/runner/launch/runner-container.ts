import { engineSocket } from '../../host-paths.ts';
import { containerLabels } from './container-labels.ts';

/** The name of the container in which a job's runner works. */
export const runnerContainer = (jobId: string): string => `ho-${jobId}-runner`;

interface RunnerContainer {
  name: string;
  jobId: string;
  /** The launcher's container; undefined if the launcher runs in none. */
  launcher: string | undefined;
  image: string;
  scratch: string;
  /** The launcher's environment. */
  environment: NodeJS.ProcessEnv;
  /** What the runner is to do. */
  command: readonly string[];
}

/** Variables of the job that the runner needs; all others belong to the launcher's container. */
const passed = /^(?:AWS|ECS|HOLDOUT)_|^NVIDIA_VISIBLE_DEVICES$/;

/**
 * What a runner needs, instead of `--privileged`: mounts, loop devices (block major 7) and their control (character 10:237),
 * and the kernel's log (1:11), which tells whom it killed. Docker's AppArmor profile forbids mounts.
 */
const rights = [
  '--cap-add=SYS_ADMIN',
  '--cap-add=SYSLOG',
  '--device-cgroup-rule=b 7:* rwm',
  '--device-cgroup-rule=c 10:237 rwm',
  '--device-cgroup-rule=c 1:11 r',
  '--security-opt=apparmor=unconfined',
];

/**
 * The arguments of `create` for the container that carries out a job beside its launcher. It mounts file systems of limited
 * size; `rshared` makes these mounts the host's, so that the submission's container gets them too.
 */
export function runnerArguments(request: RunnerContainer): string[] {
  const { name, jobId, launcher, image, scratch, environment, command } = request;
  return [
    `--name=${name}`,
    `--label=${containerLabels.runner}=${jobId}`,
    ...(launcher === undefined ? [] : [`--label=${containerLabels.launcher}=${launcher}`]),
    // Its input ends when the launcher does.
    '--interactive',
    ...rights,
    // As the launcher has it, for the credentials of the job role.
    '--network=host',
    // It makes the submission's control group where the engine looks for it.
    '--cgroupns=host',
    '--volume=/sys/fs/cgroup:/sys/fs/cgroup',
    `--volume=${scratch}:${scratch}:rshared`,
    // Loop devices that are created later appear only here.
    '--volume=/dev:/dev',
    `--volume=${engineSocket}:${engineSocket}`,
    '--pull=never',
    // The launcher prints the runner's lines; a second log would stay on the host.
    '--log-driver=none',
    ...gpuFlags(environment['NVIDIA_VISIBLE_DEVICES']),
    // By name: values would be in the host's list of processes.
    ...Object.keys(environment)
      .filter((variable) => passed.test(variable))
      .map((variable) => `--env=${variable}`),
    image,
    ...command,
  ];
}

/** The GPUs that the ECS agent assigned to the job, by UUID; `utility` brings nvidia-smi. */
function gpuFlags(assigned: string | undefined): string[] {
  if (assigned === undefined || ['', 'none', 'void'].includes(assigned)) return [];
  const devices = assigned === 'all' ? 'all' : `"device=${assigned}"`;
  return [`--gpus=${devices},"capabilities=utility"`];
}
