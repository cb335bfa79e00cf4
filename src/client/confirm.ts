import { createInterface } from 'node:readline/promises';
import { holdoutError } from '../errors.ts';
import type { Output } from './output.ts';

/**
 * Asks for confirmation before something that costs money or loses work; `meaning` says what will happen. `yes` (from `--yes`)
 * skips the question. Throws NOT_CONFIRMED without a terminal.
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
  const isYes = /^y(es)?$/i.test(answer.trim());
  if (!isYes) output.say('nothing was changed');
  return isYes;
}
