import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ToolCache } from '../../src/local/tools/cache.ts';

/** Why programs of Debian cannot be had on this machine. */
export class ProgramsUnavailable extends Error {}

/**
 * Unpacks Debian packages into the cache of tools, without installing them, and returns the folder. Throws
 * {@link ProgramsUnavailable}.
 */
export function debianPrograms(name: string, packages: readonly string[]): string {
  const folder = new ToolCache().program(name, 'debian');
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, '..'), { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  try {
    execFileSync('apt-get', ['download', ...packages], { cwd: partial, stdio: ['ignore', 'ignore', 'pipe'] });
    for (const file of readdirSync(partial).filter((found) => found.endsWith('.deb'))) {
      execFileSync('dpkg', ['-x', join(partial, file), partial]);
      rmSync(join(partial, file));
    }
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // Another process may have been faster.
    if (!existsSync(folder)) throw new ProgramsUnavailable(`no packages ${packages.join(', ')}`, { cause: error });
  }
  return folder;
}
