import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';
import { benches, type Bench } from './benches.ts';
import { readResult, type BenchResult } from './results.ts';

/** Writes docs/benchmarks.md from the results that are there; answers its path. */
export function writePage(): string {
  const page = join('docs', 'benchmarks.md');
  writeFileSync(join(projectRoot(), page), `${[...head, ...benches.flatMap(sectionOf)].join('\n')}\n`);
  return page;
}

const head = [
  '# Benchmarks',
  '',
  '`npm run bench` runs them all, `npm run bench -- NAME…` some; cut short, the same command goes on. This page is written',
  'by it from `bench/results/`, which also holds every single figure. Each section says when, where and on which commit',
  'it was measured. A row with an aim says whether it was met.',
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
