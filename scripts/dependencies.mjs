// Installs node_modules if it is missing or does not match the lock file. Uses Node alone: it runs before any package exists.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeLock } from './lock.mjs';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Outside node_modules, where npm does not touch it. */
const lockFile = join(projectRoot, 'dist', '.install.lock');

export function ensureDependencies() {
  if (areInstalled()) return;
  const release = takeLock(lockFile, (pid) => say(`waiting for process ${pid}, which is installing the npm packages`));
  try {
    if (!areInstalled()) install();
  } finally {
    release();
  }
}

const stamp = join(projectRoot, 'node_modules', '.holdout-lock');
const locked = () => readFileSync(join(projectRoot, 'package-lock.json'), 'utf8');
/** Install writes the stamp last, and npm removes it first. */
const areInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === locked();

function install() {
  say('installing the npm packages (once, about a minute)');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectRoot,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    say('npm ci failed. Fix the errors above and run the same command again.');
    process.exit(1);
  }
  writeFileSync(stamp, locked());
}

/** @param {string} line */
const say = (line) => process.stderr.write(`holdout: ${line}\n`);
