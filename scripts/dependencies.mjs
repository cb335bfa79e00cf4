// Installs node_modules when they are missing or older than the lock file. Plain Node: runs before there are any.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export function ensureDependencies() {
  const lock = readFileSync(join(projectRoot, 'package-lock.json'), 'utf8');
  const stamp = join(projectRoot, 'node_modules', '.holdout-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('holdout: installing the npm packages (once, about a minute)\n');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: projectRoot,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    process.stderr.write('holdout: npm ci failed. Mend what it says above and run the same command again.\n');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}
