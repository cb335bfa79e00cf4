import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';
import { benches, type Bench } from './benches.ts';
import { readResult, type BenchResult } from './results.ts';

/** Writes docs/benchmarks.md from the available results; returns its path. */
export function writePage(): string {
  const page = join('docs', 'benchmarks.md');
  writeFileSync(join(projectRoot(), page), `${[...head, ...benches.flatMap(sectionOf)].join('\n')}\n`);
  return page;
}

const head = [
  '# Benchmarks',
  '',
  '`npm run bench` runs all benchmarks, `npm run bench -- NAME…` some of them. If it is interrupted, the same command',
  'continues. It writes this page from `bench/results/`, which contains every single figure. Each section states when,',
  'where and on which commit it was measured. A row with an aim states whether the aim was met.',
  '',
];

function sectionOf({ name, title, about }: Bench): string[] {
  const result = readResult(name);
  const body = result === undefined ? ['**Not measured yet.**', ''] : measured(result);
  return [`## ${title}`, '', `${about} (\`npm run bench -- ${name}\`)`, '', ...body];
}

const measured = ({ on, rows, remarks = [] }: BenchResult): string[] => [
  `${on.day}, commit ${on.commit}: ${on.machine}.`,
  '',
  '| what | found | aim | |',
  '| --- | --- | --- | --- |',
  ...rows.map(({ what, found, aim = '', met }) => `| ${what} | ${found} | ${aim} | ${verdictOf(met)} |`),
  '',
  ...remarks.flatMap((remark) => [remark, '']),
];

const verdictOf = (met: boolean | undefined): string => (met === undefined ? '' : met ? 'met' : '**missed**');
