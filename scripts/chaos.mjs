// `npm run chaos -- --pairs`: a campaign whose worker dies at every pair of neighbouring crash points, see
// docs/verification/crash-points.md. Takes some minutes, mostly of waiting. The last line says `N passed, N failed`.
import { chaosTestFiles, runGroups } from './testing/mocha-groups.mjs';
import { buildAndInstall, inScratch, prepare } from './testing/tools.mjs';

if (process.argv.slice(2).join() !== '--pairs') {
  process.stderr.write('usage: npm run chaos -- --pairs\n');
  process.exit(2);
}
prepare();
await inScratch(async (scratch) => {
  await buildAndInstall(scratch);
  process.exitCode = await runGroups(
    chaosTestFiles().map((file) => [file]),
    scratch,
  );
});
