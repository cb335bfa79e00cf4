import { holdoutError } from '../../errors.ts';
import type { EngineSettings } from '../../runner/runner-settings.ts';
import type { ReportLine } from '../report-line.ts';
import type { Home } from '../stack/home/home.ts';
import type { ToolCache } from './cache.ts';
import { installCommand, installPackages, missingPackages } from './debian-packages.ts';
import { findEngine } from './find-engine.ts';
import { settleEngine } from './smoke-run.ts';

/** Includes runc because podman's default, crun, does not support hybrid cgroups. */
export const enginePackages = ['podman', 'runc'];

/**
 * The container engine, ready to run submissions, and all other needed programs. Missing packages are installed on Debian and
 * Ubuntu, unless HOLDOUT_INSTALL=0. Throws PLATFORM_UNSUPPORTED, PROGRAM_MISSING or ENGINE_FAILS.
 */
export async function openEngine(home: Home, cache: ToolCache, report: ReportLine): Promise<EngineSettings> {
  const unsupported = unsupportedBecause();
  if (unsupported !== undefined) throw holdoutError('PLATFORM_UNSUPPORTED', { because: unsupported });
  const engine = (await findEngine()) === undefined ? enginePackages : [];
  const missing = [...engine, ...missingPackages(neededPrograms)];
  if (missing.length > 0) await installPackages(missing, report);
  const name = await findEngine();
  if (name === undefined)
    throw holdoutError('PROGRAM_MISSING', { programs: enginePackages, command: installCommand(enginePackages) });
  return settleEngine(name, home, cache, report);
}

/** Why this machine cannot run submissions; undefined when it can. */
export function unsupportedBecause(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `this is ${process.platform} on ${process.arch}`;
  return process.getuid?.() === 0
    ? undefined
    : 'this process is not root: submissions are confined with mounts, control groups and users of their own';
}

/** The programs that the runner and the gate for images call, with their Debian packages. */
export const neededPrograms = { skopeo: 'skopeo', 'mkfs.ext4': 'e2fsprogs', mount: 'mount', flock: 'util-linux' };
