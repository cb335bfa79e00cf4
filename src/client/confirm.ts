import { createInterface } from 'node:readline/promises';
import { holdoutError } from '../errors.ts';
import type { Output } from './output.ts';

/**
 * Asks once before something that costs money or throws work away: says what it means, then waits for a yes. `yes` (from
 * `--yes`) answers beforehand. Throws NOT_CONFIRMED where nobody can be asked.
 */
export async function confirmed(
  meaning: readonly string[],
  question: string,
  { yes, output }: { yes: boolean; output: Output },
): Promise<boolean> {
  for (const line of meaning) output.say(line);
  if (yes) return true;
  if (!process.stdin.isTTY) throw holdoutError('NOT_CONFIRMED', { question });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  const said = /^y(es)?$/i.test(answer.trim());
  if (!said) output.say('nothing was changed');
  return said;
}
