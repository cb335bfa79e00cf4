// `npm run test:cloud [-- FILE …]`: the tests of test/cloud, which check Holdout with programs by others. Installs and builds
// whatever they need. A test whose program cannot be had is skipped, with the reason in its name. The last line says
// `N passed, N failed`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

checkNodeVersion();
ensureDependencies();
process.chdir(projectRoot);
const { build } = await import('./build.mjs');
const { ensureTools } = await import('./ensure-tools.mjs');
const { cloudTestFiles, runGroups } = await import('./mocha-groups.mjs');
const { pythonTools } = await import('./python-tools.mjs');

const scratch = mkdtempSync(join(tmpdir(), 'holdout-tests-'));
try {
  await build();
  await ensureTools(scratch);
  const tools = pythonTools();
  if (tools.kind === 'missing') process.stderr.write(`holdout: tests that need Python are skipped: ${tools.reason}\n`);
  const files = process.argv.slice(2);
  process.exitCode = await runGroups(
    (files.length > 0 ? files : cloudTestFiles()).map((file) => [file]),
    scratch,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
