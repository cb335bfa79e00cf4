// Installs node_modules if it is missing or does not match the lock file. Uses Node alone: it runs before any package exists.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeLock } from './lock.mjs';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs the packages of a folder with a lock file: by default the product's.
 *
 * @param {string} folder
 */
export function ensureDependencies(folder = projectRoot) {
  if (areInstalled(folder)) return;
  // Outside node_modules, where npm does not touch it.
  const lockFile = join(folder, 'dist', '.install.lock');
  const release = takeLock(lockFile, (pid) => say(`waiting for process ${pid}, which is installing the npm packages`));
  try {
    if (!areInstalled(folder)) install(folder);
  } finally {
    release();
  }
}

/** @param {string} folder */
const stamp = (folder) => join(folder, 'node_modules', '.holdout-lock');
/** @param {string} folder */
const locked = (folder) => readFileSync(join(folder, 'package-lock.json'), 'utf8');

/**
 * Install writes the stamp last, and npm removes it first.
 *
 * @param {string} folder
 */
export const areInstalled = (folder) =>
  existsSync(stamp(folder)) && readFileSync(stamp(folder), 'utf8') === locked(folder);

/** @param {string} folder */
function install(folder) {
  say('installing the npm packages (once, about a minute)');
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    say('npm ci failed. Fix the errors above and run the same command again.');
    process.exit(1);
  }
  writeFileSync(stamp(folder), locked(folder));
}

/** @param {string} line */
const say = (line) => process.stderr.write(`holdout: ${line}\n`);
