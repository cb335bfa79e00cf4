// Runs groups of test files, one mocha process per group, and adds up their counts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Mocha processes at a time. With more, tests compete for the processor and some miss their deadlines. */
const atOnce = 4;

/** @typedef {{ passes: number, failures: number, pending: number, failed: string[] }} Counts */

/** Tests that need programs by others: `npm run test:cloud` runs them. */
const cloud = join('test', 'cloud', '/');

/** Whole campaigns that take minutes of processor time: `npm run test:long` runs them. */
const long = join('test', 'long', '/');

/** Campaigns under planned and random faults: `npm run chaos` runs them. */
const chaos = join('test', 'chaos', '/');

/** Campaigns on a Temporal server over PostgreSQL: `npm run test:cluster` runs them. */
const cluster = join('test', 'cluster', '/');

/** Every test file outside these folders, as a path from the project's root. */
export const testFiles = () =>
  filesUnder('test').filter((file) => ![cloud, long, chaos, cluster].some((folder) => file.startsWith(folder)));

/** Every test file in test/long. */
export const longTestFiles = () => filesUnder(long);

/** Every test file in test/cloud. */
export const cloudTestFiles = () => filesUnder(cloud);

/** Every test file in test/cluster. */
export const clusterTestFiles = () => filesUnder(cluster);

/** @param {string} folder */
const filesUnder = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file))
    .sort();

/**
 * Runs the groups side by side, since most tests wait more than they compute, and prints each group's report when it ends.
 * The last line is `N passed, N failed[, N skipped]`. Returns the exit status.
 *
 * @param {string[][]} groups
 * @param {string} scratch a folder for temporary files
 */
export async function runGroups(groups, scratch) {
  /** @type {Counts} */
  const total = { passes: 0, failures: 0, pending: 0, failed: [] };
  let status = 0;
  const waiting = [...groups.entries()];
  const runNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [group, files] = next;
      const countsFile = join(scratch, `counts-${group}`);
      const ended = await runMocha(files, countsFile, groups.length > 1);
      status ||= ended;
      add(total, readCounts(countsFile));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runNext));
  // Repeated at the end, because some CI systems keep only the tail of a long log.
  for (const failure of total.failed) process.stdout.write(`\nfailed: ${failure}\n`);
  const skipped = total.pending > 0 ? `, ${total.pending} skipped` : '';
  process.stdout.write(`${total.passes} passed, ${total.failures} failed${skipped}\n`);
  return status;
}

/**
 * Returns the exit status. With `buffered`, prints the output when mocha has ended.
 *
 * @param {string[]} files
 * @param {string} countsFile
 * @param {boolean} buffered
 */
async function runMocha(files, countsFile, buffered) {
  const output = buffered ? 'pipe' : 'inherit';
  const mocha = spawn('node_modules/.bin/mocha', files, {
    stdio: ['ignore', output, output],
    env: { ...process.env, HOLDOUT_TEST_COUNTS: countsFile },
  });
  /** @type {Buffer[]} */
  const printed = [];
  for (const stream of [mocha.stdout, mocha.stderr]) stream?.on('data', (chunk) => printed.push(chunk));
  await once(mocha, 'close');
  process.stdout.write(Buffer.concat(printed));
  return mocha.exitCode ?? 1;
}

/**
 * @param {Counts} total
 * @param {Counts} more
 */
function add(total, more) {
  total.passes += more.passes;
  total.failures += more.failures;
  total.pending += more.pending;
  total.failed.push(...more.failed);
}

/**
 * A mocha process that ended before its report counts as one failure.
 *
 * @param {string} file
 * @returns {Counts}
 */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passes: 0, failures: 1, pending: 0, failed: [`${file}: mocha ended before its report`] };
  }
}
