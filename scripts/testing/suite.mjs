// `npm test [-- FILE …]`: installs and builds whatever the tests need, then runs mocha. `--unit` runs the unit tests alone,
// which need no tools, no bundles and no root. `--long` runs test/long, which takes minutes of processor time. test/cloud has its
// own command (cloud.mjs). The last line says `N passed, N failed`.
import { longTestFiles, runGroups, testFiles } from './mocha-groups.mjs';
import { buildAndInstall, inScratch, prepare } from './tools.mjs';
import { isUnitTest } from './unit-tests.mjs';

/**
 * Folders whose tests share servers and bundles, in the order of their start: first those that are one long group, so that short
 * groups are left for the end.
 */
const folders = [
  /^(?!runner|workflows|whole-path|batch|activities|local|images|examples)/,
  /^batch/,
  /^activities/,
  /^local/,
  /^(?:images|examples)/,
  /^runner/,
  /^workflows/,
  /^whole-path/,
];

/** Suites whose files have servers of their own and take a minute or more. */
const long = /^test\/(?:whole-path|workflows|runner)\//;

prepare();
await inScratch(async (scratch) => {
  const args = process.argv.slice(2);
  if (args[0] === '--unit') {
    process.exitCode = await runGroups(unitGroups(), scratch);
  } else {
    await buildAndInstall(scratch);
    process.exitCode = await runGroups(groupsOf(args), scratch);
  }
});

/** @param {string[]} args */
function groupsOf(args) {
  if (args[0] !== '--long') return args.length > 0 ? [args] : allGroups();
  const files = args.slice(1);
  return (files.length > 0 ? files : longTestFiles()).map((file) => [file]);
}

/** One mocha per long test file, and one for the suites of each other folder. */
function allGroups() {
  const groups = folders.map((folder) => ({ folder, files: /** @type {string[]} */ ([]) }));
  for (const file of testFiles()) {
    groups.find(({ folder }) => folder.test(file.slice('test/'.length)))?.files.push(file);
  }
  return groups.flatMap(({ files }) => (long.test(files[0] ?? '') ? files.map((file) => [file]) : [files]));
}

/** Two groups of about the same length. */
function unitGroups() {
  const files = testFiles().filter(isUnitTest);
  const isRule = (/** @type {string} */ file) => file.startsWith('test/campaign/');
  return [files.filter(isRule), files.filter((file) => !isRule(file))];
}
