/**
 * `npm run bench [-- NAME…]`: runs all benchmarks or the named ones, each in its own process, and writes the page of
 * results. An interrupted benchmark runs again and continues where it can; benchmarks that have ended since the last
 * complete run are not repeated.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../src/local/project-root.ts';
import { benches } from './support/benches.ts';
import { writePage } from './support/page.ts';
import { benchFolder } from './support/results.ts';

const doneFile = benchFolder('done.json');

function main(named: readonly string[]): number {
  const unknown = named.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    console.error(
      `There is no benchmark ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  const done =
    named.length > 0 || !existsSync(doneFile) ? [] : (JSON.parse(readFileSync(doneFile, 'utf8')) as string[]);
  const left = benches.filter(({ name }) => (named.length > 0 ? named.includes(name) : !done.includes(name)));
  for (const [place, { name, script, args = [], takes }] of left.entries()) {
    console.error(`${place + 1} of ${left.length}: ${name} (about ${takes})`);
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', join('bench', script), ...args], {
      cwd: projectRoot(),
      stdio: 'inherit',
    });
    if (status !== 0) {
      console.error(`${name} failed; run the same command again to continue with it.`);
      return 1;
    }
    done.push(name);
    if (named.length > 0) continue;
    mkdirSync(benchFolder('.'), { recursive: true });
    writeFileSync(doneFile, JSON.stringify(done));
  }
  if (named.length === 0) rmSync(doneFile, { force: true });
  console.error(`written: ${writePage()}`);
  return 0;
}

process.exit(main(process.argv.slice(2)));
