// `npm test [-- FILE …]`: everything the tests need, then mocha. The last line says `N passed, N failed`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, projectRoot } from './dependencies.mjs';
import { checkNodeVersion } from './node-version.mjs';

/** Beyond what the product needs, the tests put a shell into their images. */
const testPrograms = [{ program: 'busybox', from: 'busybox-static' }];

checkNodeVersion();
ensureDependencies();
process.chdir(projectRoot);
const { build } = await import('./build.mjs');
await build();
const scratch = mkdtempSync(join(tmpdir(), 'holdout-tests-'));
try {
  await ensureTools();
  const given = process.argv.slice(2);
  process.exitCode = await runLanes(given.length > 0 ? [given] : lanesOfAll());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Runs of mocha side by side, since tests wait more than they work. Each lane takes about as long as the others. */
function lanesOfAll() {
  const lanes = [
    /^(?:whole-path\/[a-l]|client\/)/,
    /^(?:whole-path|batch|activities|campaign)\//,
    /^(?:workflows|local|images|hand-in|scoring|ledger)\//,
    /^/,
  ];
  const files = readdirSync('test', { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .sort((a, b) => (a < b ? -1 : 1));
  const laneOf = (file) => lanes.findIndex((lane) => lane.test(file));
  return lanes.map((_, lane) => files.filter((file) => laneOf(file) === lane).map((file) => join('test', file)));
}

/** The first lane is shown as it goes, the others when it is over; answers the exit status. */
async function runLanes(lanes) {
  const runs = lanes.map((files, lane) => {
    const counts = join(scratch, `counts-${lane}`);
    const mocha = spawn('node_modules/.bin/mocha', files, {
      stdio: ['ignore', lane === 0 ? 'inherit' : 'pipe', lane === 0 ? 'inherit' : 'pipe'],
      env: { ...process.env, HOLDOUT_TEST_COUNTS: counts },
    });
    const said = [];
    for (const stream of [mocha.stdout, mocha.stderr]) stream?.on('data', (chunk) => said.push(chunk));
    return { mocha, said, counts, closed: once(mocha, 'close') };
  });
  const total = { passes: 0, failures: 0, pending: 0 };
  const failed = [];
  let status = 0;
  for (const { mocha, said, counts, closed } of runs) {
    await closed;
    process.stdout.write(Buffer.concat(said));
    status ||= mocha.exitCode ?? 1;
    const lane = countsIn(counts);
    for (const kind of Object.keys(total)) total[kind] += lane[kind];
    failed.push(...lane.failed);
  }
  // Again at the end, which is all that is kept of a long log in some places.
  for (const failure of failed) process.stdout.write(`\nfailed: ${failure}\n`);
  const skipped = total.pending > 0 ? `, ${total.pending} skipped` : '';
  process.stdout.write(`${total.passes} passed, ${total.failures} failed${skipped}\n`);
  return status;
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
    const { openHome } = await load('../stack/home.ts');
    const { closeShortPaths } = await load('../stack/short-paths.ts');
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
