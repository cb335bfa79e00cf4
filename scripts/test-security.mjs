// `npm run test:security`: see test/security/drill.ts. Installs and builds whatever its tests need.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
ensureDependencies();
process.chdir(projectRoot);
const { tsImport } = await import('tsx/esm/api');
/** @type {typeof import('../test/security/selection.ts')} */
const { selection } = await tsImport('../test/security/selection.ts', import.meta.url);
const selected = selection(process.argv.slice(2));
if (selected.kind === 'said') {
  process.stderr.write(`${selected.text}\n`);
  process.exit(selected.status);
}
const { build } = await import('./build.mjs');
const { ensureTools } = await import('./ensure-tools.mjs');

const scratch = mkdtempSync(join(tmpdir(), 'holdout-tests-'));
try {
  await build();
  await ensureTools(scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const drill = ['--import=tsx', 'test/security/drill.ts', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, drill, { stdio: 'inherit' }).status ?? 1;
