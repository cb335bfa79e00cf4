// Installs node_modules when they are missing or older than the lock file. Plain Node: runs before there are any.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeLock } from './lock.mjs';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** Where nothing that npm does touches it. */
const lockFile = join(projectRoot, 'dist', '.install.lock');

export function ensureDependencies() {
  if (areInstalled()) return;
  const release = takeLock(lockFile, (pid) =>
    say(`waiting for process ${pid}, which installs the npm packages already`),
  );
  try {
    if (!areInstalled()) install();
  } finally {
    release();
  }
}

const stamp = join(projectRoot, 'node_modules', '.holdout-lock');
const locked = () => readFileSync(join(projectRoot, 'package-lock.json'), 'utf8');
/** The stamp is written last, and npm removes it first. */
const areInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === locked();

function install() {
  say('installing the npm packages (once, about a minute)');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectRoot,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    say('npm ci failed. Fix what it says above and run the same command again.');
    process.exit(1);
  }
  writeFileSync(stamp, locked());
}

const say = (line) => process.stderr.write(`holdout: ${line}\n`);
