import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stack } from '../../../src/local/stack/open-stack.ts';

const program = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdout/tools/temporal-1.5.1');

/** What is needed to reach a stack's Temporal. */
export type Reachable = Pick<Stack, 'endpoints' | 'environment'>;

/** Runs Temporal's own command line on a stack without its key, as anybody who reaches Temporal can; returns its output. */
export async function temporalCommand({ endpoints, environment }: Reachable, ...args: string[]): Promise<string> {
  const namespace = environment['TEMPORAL_NAMESPACE'] ?? '';
  const where = ['--address', endpoints.temporal, '--namespace', namespace, '--disable-config-file'];
  const { stdout } = await promisify(execFile)(program, [...args, ...where], { maxBuffer: 2 ** 28 });
  return stdout;
}
