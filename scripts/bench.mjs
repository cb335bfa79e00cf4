// `npm run bench [-- NAME…]`: brings packages and bundles up to date, then runs bench/run.ts.
import { spawnSync } from 'node:child_process';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
ensureDependencies();
const { build } = await import('./build.mjs');
await build();
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...process.argv.slice(2)], {
  cwd: projectRoot,
  stdio: 'inherit',
});
process.exit(status ?? 1);
