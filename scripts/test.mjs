// `npm test [-- FILE …]`: everything the tests need, then mocha. The last line says `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
ensureDependencies();
process.chdir(projectRoot);
const { build } = await import('./build.mjs');
await build();
await ensureTools();

const given = process.argv.slice(2);
const files = given.length > 0 ? given : ['test/**/*.test.ts'];
const mocha = spawnSync('node_modules/.bin/mocha', files, { stdio: 'inherit' });
process.exit(mocha.status ?? 1);

async function ensureTools() {
  const { tsImport } = await import('tsx/esm/api');
  const { openTools } = await tsImport('../src/local/tools/open-tools.ts', import.meta.url);
  const home = mkdtempSync(join(tmpdir(), 'holdout-tools-'));
  try {
    await openTools({ home, report: (line) => process.stderr.write(`holdout: ${line}\n`) });
  } catch (error) {
    process.stderr.write(`holdout: ${error.message}\n${error.next ?? ''}\n`);
    process.exit(1);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
