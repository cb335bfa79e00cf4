import { readFileSync } from 'node:fs';
import type { JobDefinition } from '../../src/batch/definitions/job-definition.ts';
import type { DockerHost } from '../support/docker-host.ts';

/** The variables that Batch and the agent give to every job, beside those of its definition and its submission. */
const ofAgent = ['AWS_BATCH_JOB_ID', 'AWS_BATCH_JOB_ATTEMPT', 'AWS_BATCH_JQ_NAME', 'HOLDOUT_RUN_KEY'];

/** By it the agent gives a job its GPUs, for a job that asks for any. */
const ofGpus = 'NVIDIA_VISIBLE_DEVICES';

/**
 * The arguments of `docker run` for a job, as the ECS agent makes them from its task definition (agent/api/task/task.go,
 * dockerHostConfig and dockerConfig): network `host`, binds without propagation, which docker makes `rprivate`, soft limits by
 * shares. Reads nothing but the definition; `variables` are given by other means. The values of all variables are taken from
 * the environment of the call, as the agent's are in no list of processes.
 */
export function agentArguments({ containerProperties }: JobDefinition, variables: readonly string[]): string[] {
  const { image = '', command = [], environment = [], mountPoints = [], volumes = [] } = containerProperties;
  const { privileged, readonlyRootFilesystem, resourceRequirements = [] } = containerProperties;
  const sourceOf = (name = ''): string => volumes.find((volume) => volume.name === name)?.host?.sourcePath ?? '';
  const needed = (type: string): number => Number(resourceRequirements.find((one) => one.type === type)?.value ?? 0);
  return [
    '--network=host',
    ...mountPoints.map(
      ({ sourceVolume, containerPath, readOnly }) =>
        `--volume=${sourceOf(sourceVolume)}:${containerPath}${readOnly === true ? ':ro' : ''}`,
    ),
    ...(privileged === true ? allRights() : []),
    ...(readonlyRootFilesystem === true ? ['--read-only'] : []),
    `--cpu-shares=${needed('VCPU') * 1024}`,
    `--memory=${needed('MEMORY')}m`,
    '--label=com.amazonaws.ecs.container-name=default',
    ...[
      ...environment.map(({ name = '' }) => name),
      ...ofAgent,
      ...(needed('GPU') > 0 ? [ofGpus] : []),
      ...variables,
    ].map((name) => `--env=${name}`),
    image,
    ...command,
  ];
}

/** The variables of a definition with their values. */
export const variablesOf = ({ containerProperties }: JobDefinition): NodeJS.ProcessEnv =>
  Object.fromEntries((containerProperties.environment ?? []).map(({ name = '', value }) => [name, value]));

/**
 * A shell script that starts a job on this host with {@link agentArguments}, for a stack whose local endpoint stands for Batch.
 * `more`: the values of further variables.
 */
export function jobScript(
  host: DockerHost,
  definition: JobDefinition,
  variables: readonly string[],
  more: Record<string, string> = {},
): string {
  const exports = Object.entries({ ...variablesOf(definition), ...more }).map(
    ([name, value]) => `export ${name}='${value}'\n`,
  );
  const words = [...host.command, 'run', '--rm', '--name=ecs-@', ...agentArguments(definition, variables)];
  const command = words.map((word) => `'${word}'`).join(' ');
  return `${exports.join('')}exec ${command.replace('ecs-@', `ecs-'"$AWS_BATCH_JOB_ID"'`)}`;
}

/**
 * `--privileged`, as far as this machine has these rights itself: docker demands all capabilities of the kernel, and a machine
 * that is a container lacks some.
 */
function allRights(): string[] {
  const [, bounding = '0'] = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const [, last = '0'] = /^(\d+)/.exec(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8')) ?? [];
  if (BigInt(`0x${bounding}`) === 2n ** BigInt(Number(last) + 1) - 1n) return ['--privileged'];
  return [
    '--cap-add=SYS_ADMIN',
    '--cap-add=SYSLOG',
    '--device-cgroup-rule=a *:* rwm',
    '--security-opt=apparmor=unconfined',
  ];
}
