// `npm run test:cloud [-- FILE …]`: the tests of test/cloud, which check Holdout with programs by others. Installs and builds
// whatever they need. A test whose program cannot be had is skipped, with the reason in its name. The last line says
// `N passed, N failed`.
import { cloudTestFiles, runGroups } from './mocha-groups.mjs';
import { pythonTools } from './python-tools.mjs';
import { buildAndInstall, inScratch, prepare } from './tools.mjs';

prepare();
await inScratch(async (scratch) => {
  await buildAndInstall(scratch);
  const tools = pythonTools();
  if (tools.kind === 'missing') process.stderr.write(`holdout: tests that need Python are skipped: ${tools.reason}\n`);
  const files = process.argv.slice(2);
  process.exitCode = await runGroups(
    (files.length > 0 ? files : cloudTestFiles()).map((file) => [file]),
    scratch,
  );
});
