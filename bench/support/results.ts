import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/project-root.ts';

/** The committed result of one benchmark. */
export interface BenchResult {
  name: string;
  /** ISO day, commit, machine. */
  on: { day: string; commit: string; machine: string };
  /** Rows of the page: quantity, value and aim. */
  rows: { what: string; found: string; aim?: string; met?: boolean }[];
  /** Paragraphs below the rows: why an aim was missed, how to read a figure. */
  remarks?: string[];
  /** All other measurements, for later comparison. */
  details?: unknown;
}

const folder = join(projectRoot(), 'bench', 'results');
const fileOf = (name: string): string => join(folder, `${name}.json`);

/** Working folder of a benchmark; kept until it is removed by hand, so that an interrupted run can continue. */
export const benchFolder = (name: string): string => join(projectRoot(), '.bench', name);

/** Keeps a result in bench/results. */
export function keepResult(name: string, rows: BenchResult['rows'], details?: unknown, remarks?: string[]): void {
  mkdirSync(folder, { recursive: true });
  const result: BenchResult = { name, on: startedOn, rows, ...(remarks && { remarks }), details };
  writeFileSync(fileOf(name), `${JSON.stringify(result, null, 2)}\n`);
  for (const row of rows) console.log(`${row.what}: ${row.found}${row.aim ? ` (aim: ${row.aim})` : ''}`);
}

export function readResult(name: string): BenchResult | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(name), 'utf8')) as BenchResult;
  } catch {
    return undefined;
  }
}

function here(): BenchResult['on'] {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: projectRoot(), encoding: 'utf8' }).trim();
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  return { day: new Date().toISOString().slice(0, 10), commit, machine };
}

/** The measured code is that of the start, even if something is committed during the run. */
const startedOn = here();

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
