import { availableParallelism } from 'node:os';
import { posix } from 'node:path';
import type { RunSpec } from '../campaign/run-spec.ts';
import { cleanEnvironment } from './clean-environment.ts';
import type { Device } from './device.ts';
import type { Engine, EngineImage } from './engine.ts';
import type { RunPlace } from './run-place.ts';
import type { EngineSettings } from './runner-settings.ts';

/** No account of the host; not 65534, which also stands for owners that cannot be shown. */
const submissionUser = '64001:64001';

export interface Confinement {
  spec: RunSpec;
  jobId: string;
  place: RunPlace;
  image: EngineImage;
  device: Device;
  /** Folder of the staged test set. */
  inputs: string;
  engine: Pick<Engine, 'name' | 'runFlags'>;
  /** Undefined where the engine takes no path for it. */
  cgroupParent: string | undefined;
}

/** The arguments of `create`: everything a submission may and may not do. Pure but for the host's cores. */
export function createArguments(confinement: Confinement): string[] {
  const { spec, jobId, place, image, device, engine, cgroupParent } = confinement;
  return [
    `--name=${place.container}`,
    `--label=holdout.run=${spec.runKey}`,
    `--label=holdout.job=${jobId}`,
    ...isolationFlags(place),
    ...(leadsOut(image.workingDirectory) ? ['--workdir=/'] : []),
    ...(cgroupParent === undefined ? [] : [`--cgroup-parent=${cgroupParent}`]),
    ...limitFlags(confinement),
    ...mountFlags(confinement),
    ...device.createFlags,
    ...engineFlags[engine.name](image, place),
    ...environmentFlags(confinement),
    ...engine.runFlags,
    image.id,
  ];
}

const isolationFlags = (place: RunPlace): string[] => [
  '--network=none',
  '--hostname=submission',
  `--user=${submissionUser}`,
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  `--security-opt=seccomp=${place.seccompProfile}`,
  '--no-healthcheck',
  '--pull=never',
  // The runner keeps the log; an engine's own would grow without bounds.
  '--log-driver=none',
  '--stop-timeout=0',
];

/** Temporary files count as memory; like the kernel's own default, they get half of it. */
function limitFlags({ spec: { limits, instanceClass }, device, engine }: Confinement): string[] {
  const memory = `${limits.memoryMiB + device.extraMemoryMiB}m`;
  const empty = engine.name === 'podman' ? ',notmpcopyup' : '';
  return [
    `--memory=${memory}`,
    `--memory-swap=${memory}`,
    `--pids-limit=${limits.pids}`,
    `--cpus=${Math.min(instanceClass.vcpus, availableParallelism())}`,
    `--shm-size=${limits.sharedMemoryMiB}m`,
    '--ulimit=core=0:0',
    `--tmpfs=/tmp:rw,exec,nosuid,nodev,mode=1777,size=${Math.ceil(limits.memoryMiB / 2)}m${empty}`,
  ];
}

const mountFlags = ({ inputs, place }: Confinement): string[] => [
  `--volume=${inputs}:/input:ro`,
  `--volume=${place.output}:/output`,
  `--volume=${place.hosts}:/etc/hosts:ro`,
];

/**
 * Both engines would otherwise give an image's VOLUMEs writable room on the host's disk. Docker mounts read-only only volumes
 * with a name; {@link Engine.remove} knows them by the container's.
 */
const engineFlags: Record<EngineSettings['name'], (image: EngineImage, place: RunPlace) => string[]> = {
  docker: ({ volumes }, { container }) =>
    volumes.map((folder, n) => `--mount=type=volume,readonly,src=${container}-${n},${quoted(`dst=${folder}`)}`),
  podman: () => [
    '--read-only-tmpfs=false',
    '--image-volume=ignore',
    '--http-proxy=false',
    '--systemd=false',
    '--no-hosts',
    '--cgroups=no-conmon',
    '--unsetenv-all',
  ],
};

/** As a field of CSV: the name comes from the image and could otherwise add options of its own. */
const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/**
 * With podman exactly these variables are seen, and HOSTNAME, which every engine sets. Docker cannot take an image's
 * variable away: there the refused ones are seen empty.
 */
function environmentFlags({ image, device, engine }: Confinement): string[] {
  const told = { HOLDOUT_INPUT: '/input', HOLDOUT_OUTPUT: '/output', ...device.environment };
  const { variables, refused } = cleanEnvironment(image.environment, told);
  const empty = engine.name === 'docker' ? refused.map((name) => `--env=${name}=`) : [];
  return [...Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`), ...empty];
}

/** Work folders under /proc have led out of containers (CVE-2024-21626); such an image runs in the root folder. */
function leadsOut(workingDirectory: string): boolean {
  return /^\/(?:proc|sys|dev)(?:\/|$)/.test(posix.resolve('/', workingDirectory));
}
