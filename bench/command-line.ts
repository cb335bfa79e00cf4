/**
 * `node --import tsx bench/command-line.ts`: the processor time that a command takes before it does anything, including npm
 * and the check for changed sources.
 */
import { execFileSync } from 'node:child_process';
import { projectRoot } from '../src/local/project-root.ts';
import { keepResult, quantile } from './support/results.ts';

const rounds = 9;

/** Processor seconds of a command and its child processes. */
function processorSeconds(command: string): number {
  const said = execFileSync('bash', ['-c', `${command} >/dev/null 2>&1; times`], {
    cwd: projectRoot(),
    encoding: 'utf8',
    env: { ...process.env, HOLDOUT_HOME: '/nonexistent/holdout' },
  });
  const children = said.trim().split('\n').at(-1) ?? '';
  return Array.from(children.matchAll(/(\d+)m([\d.]+)s/g)).reduce(
    (sum, [, m, s]) => sum + 60 * Number(m) + Number(s),
    0,
  );
}

const commands = [
  { what: '`npm run holdout -- --help`', command: 'npm run holdout -- --help', most: 0.4 },
  { what: 'the same without npm', command: 'node scripts/holdout.mjs --help' },
  { what: 'npm alone', command: 'npm run none --if-present' },
  { what: '`status`, up to its first connection attempt', command: 'npm run holdout -- status none', most: 0.8 },
];

const found = commands.map(({ what, command, most }) => {
  processorSeconds(command);
  const took = Array.from({ length: rounds }, () => processorSeconds(command));
  return { what, most, took, median: quantile(took, 0.5) };
});
keepResult(
  'command-line',
  found.map(({ what, most, median }) => ({
    what,
    found: `${median.toFixed(2)} s`,
    ...(most !== undefined && { aim: `≤ ${most} s`, met: median <= most }),
  })),
  { rounds, took: found.map(({ what, took }) => ({ what, took })) },
  [
    'Processor time, medians of nine. There is no stack for `status` to query, so only the time to load it is measured.',
  ],
);
