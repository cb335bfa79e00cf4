// `npm test [-- FILE …]`: everything the tests need, then mocha. The last line says `N passed, N failed`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

/** Beyond what the product needs, the tests put a shell into their images. */
const testPrograms = [{ program: 'busybox', packageName: 'busybox-static' }];

/** Mochas at a time. More would make tests wait for the processor, and some for their deadlines. */
const atOnce = 4;

checkNodeVersion();
ensureDependencies();
process.chdir(projectRoot);
const { build } = await import('./build.mjs');
await build();
const scratch = mkdtempSync(join(tmpdir(), 'holdout-tests-'));
try {
  await ensureTools();
  const given = process.argv.slice(2);
  process.exitCode = await runGroups(given.length > 0 ? [given] : groupsOfAll());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Suites whose files have servers of their own and take a minute or more. */
const long = /^test\/(?:whole-path|workflows|runner)\//;

/** What one mocha each runs: one long test, or the suites of a folder. Roughly the longest first, so that they end together. */
function groupsOfAll() {
  const rooms = [
    /^runner/,
    /^workflows/,
    /^whole-path/,
    /^(?:batch|activities)/,
    /^local/,
    /^(?:images|examples)/,
    /^/,
  ];
  const files = readdirSync('test', { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .sort((a, b) => (a < b ? -1 : 1));
  const groups = rooms.map(() => []);
  for (const file of files) groups[rooms.findIndex((room) => room.test(file))].push(join('test', file));
  return groups.flatMap((group) => (long.test(group[0] ?? '') ? group.map((file) => [file]) : [group]));
}

/** Runs groups side by side, since tests wait more than they work; each is shown when it is over. Returns the exit status. */
async function runGroups(groups) {
  const total = { passes: 0, failures: 0, pending: 0 };
  const failed = [];
  let status = 0;
  const waiting = [...groups.entries()];
  const runNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [group, files] = next;
      const counts = join(scratch, `counts-${group}`);
      const ended = await runMocha(files, counts, groups.length > 1);
      status ||= ended;
      const found = countsIn(counts);
      for (const kind of Object.keys(total)) total[kind] += found[kind];
      failed.push(...found.failed);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
  // Again at the end, which is all that is kept of a long log in some places.
  for (const failure of failed) process.stdout.write(`\nfailed: ${failure}\n`);
  const skipped = total.pending > 0 ? `, ${total.pending} skipped` : '';
  process.stdout.write(`${total.passes} passed, ${total.failures} failed${skipped}\n`);
  return status;
}

/** Returns the exit status; with `kept`, what it says is shown at its end. */
async function runMocha(files, counts, kept) {
  const output = kept ? 'pipe' : 'inherit';
  const mocha = spawn('node_modules/.bin/mocha', files, {
    stdio: ['ignore', output, output],
    env: { ...process.env, HOLDOUT_TEST_COUNTS: counts },
  });
  const said = [];
  for (const stream of [mocha.stdout, mocha.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  await once(mocha, 'close');
  process.stdout.write(Buffer.concat(said));
  return mocha.exitCode ?? 1;
}

/** A run that broke off before its end counts as a failure. */
function countsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passes: 0, failures: 1, pending: 0, failed: [`${file}: the run broke off before its end`] };
  }
}

async function ensureTools() {
  const { tsImport } = await import('tsx/esm/api');
  const load = (file) => tsImport(`../src/local/tools/${file}`, import.meta.url);
  const report = (line) => process.stderr.write(`holdout: ${line}\n`);
  try {
    const { installPackages, packagesFor } = await load('debian-packages.ts');
    const { openTools } = await load('open-tools.ts');
    const { openHome } = await load('../stack/home/home.ts');
    const { closeShortPaths } = await load('../stack/home/short-paths.ts');
    const home = openHome(scratch);
    await openTools({ home, report });
    closeShortPaths(home);
    const missing = packagesFor(testPrograms);
    if (missing.length > 0) await installPackages(missing, report);
  } catch (error) {
    process.stderr.write(`holdout: ${error.message}\n${error.next ?? ''}\n`);
    process.exit(1);
  }
}
