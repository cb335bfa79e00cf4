import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { EngineSettings } from '../../runner/runner-settings.ts';
import { runCommand } from '../../run-command.ts';
import type { HomeIdentity } from '../stack/home/home-identity.ts';

/**
 * How to run containers on this machine, as runners get it in HOLDOUT_ENGINE: the program with its global flags, and
 * what every container needs here (limits this host allows, the label by which left-overs are found).
 */
export type Engine = EngineSettings;

/** The label of every container of a home. */
export const homeLabel = ({ id }: Pick<HomeIdentity, 'id'>): string => `holdout.home=${id}`;

/** The full path of a program on PATH. */
export function which(program: string, path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

/** Docker when its daemon answers (a client alone is not enough), else podman, else none. */
export async function findEngine(): Promise<Engine['name'] | undefined> {
  const docker =
    which('docker') && (await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 5_000 }));
  // Without a daemon `docker info` prints an empty version and, in some releases, leaves with 0.
  if (docker && docker.status === 0 && docker.stdout.trim() !== '') return 'docker';
  return which('podman') === undefined ? undefined : 'podman';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
