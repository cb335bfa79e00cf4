import type { ChildProcess } from 'node:child_process';
import { holdoutError } from '../../errors.ts';
import { retryFor } from '../../retry-for.ts';
import { type CommandResult, spawnDetached } from '../../run-command.ts';
import { runnerTimings } from '../runner-timings.ts';
import { run, succeed } from './command.ts';
import { type EngineImage, findEngineImage } from './engine-image.ts';
import type { EngineSettings } from '../runner-settings.ts';

/** The engine's record of a container. */
export interface ContainerState {
  running: boolean;
  /** False if the engine refused to start it. */
  wasStarted: boolean;
  exitCode: number;
  /** Reliable with docker; not with podman on cgroup v1. */
  outOfMemoryKilled: boolean;
}

/** The overlayfs folders of a container: its own layer and those of its image, highest first. */
export interface ContainerLayers {
  upper: string;
  lowers: string[];
}

interface StateRecord {
  Running: boolean;
  ExitCode: number;
  OOMKilled: boolean;
  StartedAt: string;
}

/** The container engine of the host, with the operations that docker and podman share. */
export class ContainerEngine {
  readonly name: EngineSettings['name'];
  readonly runFlags: readonly string[];
  /** The engine's own folders, as far as its command names them. */
  readonly folders: readonly string[];
  private readonly command: readonly string[];

  constructor({ name, command, runFlags }: EngineSettings) {
    this.name = name;
    this.runFlags = runFlags;
    this.folders = ['root', 'runroot'].flatMap((flag) => flagOf(command, flag) ?? []);
    // Under systemd podman would accept only slices as parent groups.
    this.command = name === 'podman' ? [...command, '--cgroup-manager=cgroupfs'] : command;
  }

  /** Calls the engine with other arguments, whatever it answers. */
  call(args: readonly string[]): Promise<CommandResult> {
    return run([...this.command, ...args]);
  }

  /** See {@link findEngineImage}. */
  findImage(name: string): Promise<EngineImage | undefined> {
    return findEngineImage(this.command, name);
  }

  /** The command that pulls an image from a registry. */
  pullCommand(reference: string): string[] {
    return [...this.command, 'pull', '--quiet', reference];
  }

  async tagImage(reference: string, name: string): Promise<void> {
    await succeed([...this.command, 'tag', reference, name]);
  }

  /** Podman's storage, as skopeo addresses it. Asking podman costs two runs of dpkg-query; its flags may already tell. */
  async storage(): Promise<string> {
    const [root, runRoot, driver] = ['root', 'runroot', 'storage-driver'].map((flag) => flagOf(this.command, flag));
    if (root && runRoot) return `containers-storage:[${driver ? `${driver}@` : ''}${root}+${runRoot}]`;
    const format = '[{{.Store.GraphDriverName}}@{{.Store.GraphRoot}}+{{.Store.RunRoot}}]';
    return `containers-storage:${(await succeed([...this.command, 'info', '--format', format])).trim()}`;
  }

  /** Loads a docker archive, which names its image. */
  async loadArchive(file: string, stop: AbortSignal): Promise<void> {
    await succeed([...this.command, 'load', '--input', file], { stop });
  }

  /** Makes an image of the files of a tar and of changes as in a Dockerfile. */
  async importImage(name: string, files: Buffer, changes: readonly string[]): Promise<void> {
    const options = changes.map((change) => `--change=${change}`);
    await succeed([...this.command, 'import', ...options, '-', name], { input: files });
  }

  /** Removes a name of an image, if there is one; again if another process changes the images meanwhile. */
  removeImage(name: string): Promise<void> {
    const remove = async (): Promise<void> => {
      if ((await this.findImage(name)) !== undefined) await succeed([...this.command, 'rmi', name]);
    };
    return retryFor(remove, { limit: runnerTimings.release, isPermanent: () => false });
  }

  async renameImage(name: string, newName: string): Promise<void> {
    await this.tagImage(name, newName);
    await succeed([...this.command, 'rmi', name]);
  }

  /** Creates a container without starting it; returns the engine's message if it refuses. */
  async create(args: string[]): Promise<{ refusal: string } | undefined> {
    const { status, stderr } = await run([...this.command, 'create', ...args]);
    return status === 0 ? undefined : { refusal: stderr };
  }

  /** The container's full id, by which engines name its control group. */
  async idOf(container: string): Promise<string> {
    return (await succeed([...this.command, 'container', 'inspect', '--format', '{{.Id}}', container])).trim();
  }

  /** The folders that make up a container's root; undefined if it is not an overlay. */
  async layers(container: string): Promise<ContainerLayers | undefined> {
    const record = await succeed([
      ...this.command,
      'container',
      'inspect',
      '--format',
      '{{json .GraphDriver}}',
      container,
    ]);
    const driver = JSON.parse(record) as { Data?: { UpperDir?: string; LowerDir?: string } | null } | null;
    const { UpperDir, LowerDir } = driver?.Data ?? {};
    return UpperDir && LowerDir ? { upper: UpperDir, lowers: LowerDir.split(':') } : undefined;
  }

  /** Mounts the root of a stopped podman container until the container is removed; returns the folder. */
  async mount(container: string): Promise<string> {
    return (await succeed([...this.command, 'mount', container])).trim();
  }

  /** Starts a container. The process prints the container's output and ends with it. */
  startAttached(container: string): ChildProcess {
    const [program, ...args] = [...this.command, 'start', '--attach', container];
    return spawnDetached(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Like {@link startAttached}, with this process's output; the container's input ends with this process. */
  startTied(container: string): ChildProcess {
    const [program, ...args] = [...this.command, 'start', '--attach', '--interactive', container];
    return spawnDetached(program, args, { stdio: ['pipe', 'inherit', 'inherit'] });
  }

  async state(container: string): Promise<ContainerState> {
    const record = await succeed([...this.command, 'container', 'inspect', '--format', '{{json .State}}', container]);
    const { Running, ExitCode, OOMKilled, StartedAt } = JSON.parse(record) as StateRecord;
    return {
      running: Running,
      wasStarted: !StartedAt.startsWith('0001-'),
      exitCode: ExitCode,
      outOfMemoryKilled: OOMKilled,
    };
  }

  /** Kills a container; returns whether it was running. */
  async kill(container: string): Promise<boolean> {
    return (await run([...this.command, 'kill', '--signal', 'KILL', container])).status === 0;
  }

  /** Kills and removes a container, if there is one, and the volumes named after it. Throws CONTAINER_STAYS. */
  async remove(container: string): Promise<void> {
    const { status, stderr } = await run([...this.command, 'rm', '--force', container]);
    if (status !== 0 && !/no such container/i.test(stderr)) {
      throw holdoutError('CONTAINER_STAYS', { container, cause: stderr });
    }
    if (this.name === 'podman') return;
    const list = await succeed([...this.command, 'volume', 'ls', '--quiet', '--filter', `name=${container}-`]);
    const volumes = list.split('\n').filter(Boolean);
    if (volumes.length > 0) await succeed([...this.command, 'volume', 'rm', ...volumes]);
  }

  /** Who makes control groups: `cgroupfs` accepts a path as a container's parent, `systemd` does not. */
  async cgroupDriver(): Promise<string> {
    if (this.name === 'podman') return 'cgroupfs';
    return (await succeed([...this.command, 'info', '--format', '{{.CgroupDriver}}'])).trim();
  }
}

/** The value of a global flag of the engine's command, written `--flag=value` or `--flag value`. */
function flagOf(command: readonly string[], flag: string): string | undefined {
  const index = command.findIndex((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
  const word = command[index];
  return word === `--${flag}` ? command[index + 1] : word?.slice(`--${flag}=`.length);
}
