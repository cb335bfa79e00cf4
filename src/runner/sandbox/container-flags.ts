import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';
import type { RunSpec } from '../../campaign/model/run-spec.ts';
import type { CleanEnvironment } from './environment/clean-environment.ts';
import type { Device } from '../device/device.ts';
import type { ContainerEngine } from './engine.ts';
import type { EngineImage } from './engine-image.ts';
import type { RunPaths } from './run-paths.ts';
import type { EngineSettings } from '../runner-settings.ts';
import { defaultPaths } from '../../campaign/model/layouts.ts';

interface Confinement {
  spec: RunSpec;
  jobId: string;
  place: RunPaths;
  image: EngineImage;
  environment: CleanEnvironment;
  device: Device;
  engine: Pick<ContainerEngine, 'name' | 'runFlags'>;
  /** Undefined if the engine accepts no path for it. */
  cgroupParent: string | undefined;
}

/** The arguments of `create`: everything a submission may and may not do. */
export function createArguments(confinement: Confinement): string[] {
  const { spec, jobId, place, image, device, engine, cgroupParent } = confinement;
  return [
    `--name=${place.container}`,
    `--label=holdout.run=${spec.runKey}`,
    `--label=holdout.job=${jobId}`,
    ...isolationFlags(place),
    ...(spec.rootFilesystem === 'writable' ? [] : ['--read-only']),
    `--workdir=${workingDirectory(image)}`,
    ...(cgroupParent === undefined ? [] : [`--cgroup-parent=${cgroupParent}`]),
    ...limitFlags(confinement),
    ...mountFlags(confinement),
    ...device.createFlags,
    ...engineFlags[engine.name](image, place),
    ...environmentFlags(confinement),
    ...engine.runFlags,
    ...commandOf(confinement),
  ];
}

const isolationFlags = (place: RunPaths): string[] => [
  '--network=none',
  '--hostname=submission',
  `--user=${place.user}`,
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  `--security-opt=seccomp=${place.seccompProfile}`,
  '--no-healthcheck',
  '--pull=never',
  // The runner keeps the log; the engine's own would grow without limit.
  '--log-driver=none',
  '--stop-timeout=0',
  // Overrides the image's: a container is only ever killed.
  '--stop-signal=KILL',
];

function limitFlags({ spec: { limits, instanceClass }, device }: Confinement): string[] {
  const memory = `${limits.memoryMiB + device.extraMemoryMiB}m`;
  return [
    `--memory=${memory}`,
    `--memory-swap=${memory}`,
    `--pids-limit=${limits.pids}`,
    `--cpus=${processorsOf(instanceClass)}`,
    `--shm-size=${limits.sharedMemoryMiB}m`,
    '--ulimit=core=0:0',
  ];
}

/** Processors that a container may use at a time; engines refuse more than the host has. */
export const processorsOf = ({ vcpus }: RunSpec['instanceClass']): number => Math.min(vcpus, availableParallelism());

function mountFlags({ spec: { paths = defaultPaths, instanceClass }, place }: Confinement): string[] {
  // gVisor has pseudo-terminals of its own, which are none of the host's.
  const terminals = instanceClass.isolation === 'gvisor' ? [] : [`--volume=${place.terminals}:/dev/pts`];
  return [
    `--volume=${place.inputs}:${paths.input}:ro`,
    `--volume=${place.output}:${paths.output}`,
    `--volume=${place.temporary}:/tmp`,
    `--volume=${place.hosts}:/etc/hosts:ro`,
    ...terminals,
  ];
}

/** What Holdout and the engines mount over the image's own content. */
export const mountPoints = ({ paths = defaultPaths }: RunSpec): { folders: string[]; files: string[] } => ({
  folders: [paths.input, paths.output, '/tmp', '/proc', '/sys', '/dev', '/etc'],
  files: ['/etc/hosts'],
});

/**
 * Both engines would otherwise give an image's VOLUMEs writable space on the host's disk. Docker can mount only named volumes
 * read-only; {@link ContainerEngine.remove} finds them by the container's name.
 */
const engineFlags: Record<EngineSettings['name'], (image: EngineImage, place: RunPaths) => string[]> = {
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
    // Podman refuses to start an image with this label by its id.
    '--label=io.containers.autoupdate=disabled',
  ],
};

/** Quoted as a CSV field: the name comes from the image and could otherwise add options. */
const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/**
 * With podman the container gets exactly these variables and HOSTNAME, which every engine sets. Docker cannot remove a
 * variable of the image: there the refused ones are empty.
 */
function environmentFlags({ environment: { variables, refused }, engine }: Confinement): string[] {
  const empty = engine.name === 'docker' ? refused.filter((name) => name !== '').map((name) => `--env=${name}=`) : [];
  return [...Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`), ...empty];
}

/** The image and its command. Only podman accepts a list as the entry point, and reads a word that begins with `[` as one. */
function commandOf({ spec, image, engine, place }: Confinement): string[] {
  const { command, args = [] } = spec;
  // runc refuses a root behind a symbolic link, such as the short path of a home.
  if (spec.rootFilesystem === 'writable') return ['--rootfs', realpathSync(place.root), ...fullCommand(spec, image)];
  if (command === undefined) return [image.id, ...args];
  const [program = '', ...rest] = command;
  return [`--entrypoint=${engine.name === 'podman' ? JSON.stringify([program]) : program}`, image.id, ...rest, ...args];
}

/** With --rootfs the engine knows neither ENTRYPOINT nor CMD. */
const fullCommand = ({ command, args }: RunSpec, image: EngineImage): string[] =>
  command === undefined ? [...image.entryPoint, ...(args ?? image.command)] : [...command, ...(args ?? [])];

/**
 * Always passed to the engine: podman would create the image's own work folder and follow links out of the image. Work folders
 * under /proc have led out of containers (CVE-2024-21626); such an image runs in the root folder.
 */
export function workingDirectory(image: EngineImage): string {
  const folder = posix.resolve('/', image.workingDirectory);
  return /^\/(?:proc|sys|dev)(?:\/|$)/.test(folder) ? '/' : folder;
}
