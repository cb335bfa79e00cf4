import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { posix } from 'node:path';
import { type RunSpec } from '../../campaign/model/run-spec.ts';
import type { CleanEnvironment } from './clean-environment.ts';
import type { Device } from '../device/device.ts';
import type { ContainerEngine, EngineImage } from './engine.ts';
import type { RunPaths } from './run-paths.ts';
import type { EngineSettings } from '../runner-settings.ts';
import { defaultPaths } from '../../campaign/model/layouts.ts';

export interface Confinement {
  spec: RunSpec;
  jobId: string;
  place: RunPaths;
  image: EngineImage;
  environment: CleanEnvironment;
  device: Device;
  engine: Pick<ContainerEngine, 'name' | 'runFlags'>;
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
  // The runner keeps the log; an engine's own would grow without bounds.
  '--log-driver=none',
  '--stop-timeout=0',
  // Not the image's: nothing but a kill ever stops it.
  '--stop-signal=KILL',
];

function limitFlags({ spec: { limits, instanceClass }, device }: Confinement): string[] {
  const memory = `${limits.memoryMiB + device.extraMemoryMiB}m`;
  return [
    `--memory=${memory}`,
    `--memory-swap=${memory}`,
    `--pids-limit=${limits.pids}`,
    `--cpus=${Math.min(instanceClass.vcpus, availableParallelism())}`,
    `--shm-size=${limits.sharedMemoryMiB}m`,
    '--ulimit=core=0:0',
  ];
}

function mountFlags({ spec: { paths = defaultPaths }, place }: Confinement): string[] {
  return [
    `--volume=${place.inputs}:${paths.input}:ro`,
    `--volume=${place.output}:${paths.output}`,
    `--volume=${place.temporary}:/tmp`,
    `--volume=${place.hosts}:/etc/hosts:ro`,
  ];
}

/** Where the image's own content must give way: what Holdout and the engines mount. */
export const mountPoints = ({ paths = defaultPaths }: RunSpec): { folders: string[]; files: string[] } => ({
  folders: [paths.input, paths.output, '/tmp', '/proc', '/sys', '/dev', '/etc'],
  files: ['/etc/hosts'],
});

/**
 * Both engines would otherwise give an image's VOLUMEs writable room on the host's disk. Docker mounts read-only only volumes
 * with a name; {@link ContainerEngine.remove} knows them by the container's.
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
    // Podman refuses an image that wants to be updated and is started by its id.
    '--label=io.containers.autoupdate=disabled',
  ],
};

/** As a field of CSV: the name comes from the image and could otherwise add options of its own. */
const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

/**
 * With podman exactly these variables are seen, and HOSTNAME, which every engine sets. Docker cannot take an image's
 * variable away: there the refused ones are seen empty.
 */
function environmentFlags({ environment: { variables, refused }, engine }: Confinement): string[] {
  const empty = engine.name === 'docker' ? refused.filter((name) => name !== '').map((name) => `--env=${name}=`) : [];
  return [...Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`), ...empty];
}

/** What Holdout tells a submission: the layout's variables and where its folders are. */
export const toldVariables = (
  { paths = defaultPaths, environment = {} }: RunSpec,
  device: Device,
): Record<string, string> => ({
  ...environment,
  HOLDOUT_INPUT: paths.input,
  HOLDOUT_OUTPUT: paths.output,
  ...device.environment,
});

/** The image and what runs in it. Only podman takes a list for the entry point, and reads a word that begins with `[` as one. */
function commandOf({ spec, image, engine, place }: Confinement): string[] {
  const { command, args = [] } = spec;
  // runc refuses a root that a link leads to, such as the short path of a home.
  if (spec.rootFilesystem === 'writable') return ['--rootfs', realpathSync(place.root), ...allWords(spec, image)];
  if (command === undefined) return [image.id, ...args];
  const [program = '', ...rest] = command;
  return [`--entrypoint=${engine.name === 'podman' ? JSON.stringify([program]) : program}`, image.id, ...rest, ...args];
}

/** With a root that is no image of its, the engine knows neither ENTRYPOINT nor CMD. */
const allWords = ({ command, args }: RunSpec, image: EngineImage): string[] =>
  command === undefined ? [...image.entryPoint, ...(args ?? image.command)] : [...command, ...(args ?? [])];

/**
 * Said always, because podman makes a folder that is only the image's wish, following links out of the image. Work folders
 * under /proc have led out of containers (CVE-2024-21626); such an image runs in the root folder.
 */
export function workingDirectory(image: EngineImage): string {
  const folder = posix.resolve('/', image.workingDirectory);
  return /^\/(?:proc|sys|dev)(?:\/|$)/.test(folder) ? '/' : folder;
}
