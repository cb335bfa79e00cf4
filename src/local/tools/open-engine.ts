import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { trouble } from '../../errors.ts';
import { reportWhile, type Report } from '../report.ts';
import { lastLines, runCommand } from '../run-command.ts';
import type { ToolCache } from './cache.ts';
import { findEngine, which, type Engine } from './engine.ts';
import { settleEngine } from './smoke-run.ts';

/** runc too: podman's own choice, crun, refuses hybrid cgroups. */
export const enginePackages = ['podman', 'runc'];

/** For apt-get here, and for who does it by hand. */
export const installCommand = (packages: string[]): string =>
  `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`;

/** Where podman keeps images and containers of a home. */
export const containerStorage = (home: string): string => join(home, 'containers');

/**
 * The container engine, ready to run submissions, with skopeo beside it. As root on Debian or Ubuntu what is missing is
 * installed, unless HOLDOUT_INSTALL=0. Throws PLATFORM_UNSUPPORTED, PROGRAM_MISSING or ENGINE_FAILS.
 */
export async function openEngine(home: string, cache: ToolCache, report: Report): Promise<Engine> {
  const unsupported = unsupportedBecause();
  if (unsupported !== undefined) throw trouble('PLATFORM_UNSUPPORTED', { because: unsupported });
  const missing = await missingPackages();
  if (missing.length > 0) await install(missing, report);
  const name = await findEngine();
  if (name === undefined)
    throw trouble('PROGRAM_MISSING', { programs: enginePackages, command: installCommand(enginePackages) });
  const storage = containerStorage(home);
  mkdirSync(storage, { recursive: true });
  return settleEngine(name, { home, storage }, cache, report);
}

/** Why this machine cannot run submissions; undefined when it can. */
export function unsupportedBecause(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `this is ${process.platform} on ${process.arch}`;
  return process.getuid?.() === 0
    ? undefined
    : 'this is not root: submissions are confined with mounts, cgroups and a user of their own';
}

/** What the runner and the gate for images call, and the Debian package that brings it. */
export const neededPrograms = [
  { program: 'skopeo', from: 'skopeo' },
  { program: 'mkfs.ext4', from: 'e2fsprogs' },
  { program: 'mount', from: 'mount' },
  { program: 'flock', from: 'util-linux' },
];

/** Debian packages to add, none when all is there. */
export async function missingPackages(): Promise<string[]> {
  const engine = await findEngine();
  return [
    ...(engine === undefined ? enginePackages : []),
    ...neededPrograms.filter(({ program }) => which(program) === undefined).map(({ from }) => from),
  ];
}

async function install(packages: string[], report: Report): Promise<void> {
  const command = installCommand(packages);
  const canInstall = existsSync('/etc/debian_version') && which('apt-get') !== undefined;
  if (!canInstall || process.env['HOLDOUT_INSTALL'] === '0')
    throw trouble('PROGRAM_MISSING', { programs: packages, command });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const result = await reportWhile(
    report,
    `installing ${packages.join(', ')} with apt-get (once, about a minute)`,
    () => runCommand('sh', ['-c', command], { env }),
  );
  if (result.status !== 0) {
    throw trouble('PROGRAM_MISSING', { programs: packages, command, failure: lastLines(result.stderr) });
  }
}
