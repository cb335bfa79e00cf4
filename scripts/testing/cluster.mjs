// `npm run test:cluster [-- FILE …]`: the tests of test/cluster, on a Temporal server over PostgreSQL, which are killed under load.
// Unpacks PostgreSQL and builds the server into the per-user cache. Without one of them tests are skipped, with the reason in
// their names. The last line says `N passed, N failed[, N skipped]`.
import { clusterTestFiles, runGroups } from './mocha-groups.mjs';
import { buildAndInstall, inScratch, prepare } from './tools.mjs';

prepare();
await inScratch(async (scratch) => {
  await buildAndInstall(scratch);
  const files = process.argv.slice(2);
  process.exitCode = await runGroups(
    (files.length > 0 ? files : clusterTestFiles()).map((file) => [file]),
    scratch,
  );
});
