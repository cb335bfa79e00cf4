import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { EngineSettings } from '../../runner/runner-settings.ts';
import { runCommand } from '../../run-command.ts';
import type { HomeIdentity } from '../stack/home/home-identity.ts';

/** The label of all containers of a home. */
export const homeLabel = ({ id }: Pick<HomeIdentity, 'id'>): string => `holdout.home=${id}`;

/** The full path of a program on PATH, or undefined. */
export function which(program: string, path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/** Docker if its daemon responds (a client alone is not enough), else podman, else undefined. */
export async function findEngine(): Promise<EngineSettings['name'] | undefined> {
  const docker =
    which('docker') && (await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 5_000 }));
  // Without a daemon `docker info` prints an empty version and, in some releases, exits with 0.
  if (docker && docker.status === 0 && docker.stdout.trim() !== '') return 'docker';
  return which('podman') === undefined ? undefined : 'podman';
}

/**
 * The folder of Docker's data, such as containers and volumes; undefined if this machine has no such folder, as with a daemon
 * elsewhere.
 */
export async function dockerStorage(): Promise<string | undefined> {
  const found = await runCommand('docker', ['info', '--format', '{{.DockerRootDir}}'], { timeout: 5_000 });
  const folder = found.stdout.trim();
  return found.status === 0 && isAbsolute(folder) && existsSync(folder) ? folder : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
