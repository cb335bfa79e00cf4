import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '../../../src/local/stack/open-stack.ts';

const program = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdout/tools/temporal-1.5.1');

/** What is needed to reach a stack's Temporal. */
export type Reachable = Pick<Stack, 'endpoints' | 'environment'>;

/** Runs Temporal's own command line on a stack without its key, as anybody who reaches Temporal can; returns its output. */
export const temporalCommand = (stack: Reachable, ...args: string[]): Promise<string> =>
  output(program, [...args, ...place(stack)]);

/** Runs a line of a shell that calls `temporal`, such as one of a page of the documentation; returns its output. */
export const temporalLine = (stack: Reachable, line: string): Promise<string> =>
  output('bash', ['-c', `temporal() { "$0" "$@" ${place(stack).join(' ')}; }\n${line}`, program]);

const place = ({ endpoints, environment }: Reachable): string[] => {
  const namespace = environment['TEMPORAL_NAMESPACE'] ?? '';
  return ['--address', endpoints.temporal, '--namespace', namespace, '--disable-config-file'];
};

const output = async (file: string, args: string[]): Promise<string> =>
  (await promisify(execFile)(file, args, { maxBuffer: 2 ** 28 })).stdout;
