import type { Control } from './control.ts';
import { areas } from './controls.ts';

export interface Wanted {
  area: string;
  control: Control;
}

/** `said`: what to print instead of a drill, with the exit status. */
export type Selection =
  { kind: 'controls'; wanted: Wanted[]; writesPage: boolean } | { kind: 'said'; text: string; status: 0 | 2 };

const all = Object.entries(areas).flatMap(([area, controls]) => controls.map((control) => ({ area, control })));

const usage = [
  'npm run test:security                removes every control, about an hour',
  'npm run test:security -- --write     the same, and writes docs/security/drill.md',
  'npm run test:security -- WORD …      only controls whose area or name has one of the words',
  '',
  'Areas:',
  ...Object.entries(areas).map(([area, { length }]) => `  ${area}: ${length} controls`),
].join('\n');

/** The controls that the words of the command line name. */
export function selection(words: readonly string[]): Selection {
  if (words.length === 0) return { kind: 'controls', wanted: all, writesPage: false };
  if (words.length === 1 && words[0] === '--write') return { kind: 'controls', wanted: all, writesPage: true };
  if (words.some((word) => word === '--help' || word === '-h')) return { kind: 'said', text: usage, status: 0 };
  const option = words.find((word) => word.startsWith('-'));
  if (option !== undefined) {
    const why = option === '--write' ? '--write takes no words' : `there is no option ${option}`;
    return { kind: 'said', text: `${why}\n\n${usage}`, status: 2 };
  }
  const unknown = words.find((word) => !all.some((one) => has(one, word)));
  if (unknown !== undefined) {
    return { kind: 'said', text: `no area and no control has "${unknown}"\n\n${usage}`, status: 2 };
  }
  const wanted = all.filter((one) => words.some((word) => has(one, word)));
  return { kind: 'controls', wanted, writesPage: false };
}

const has = ({ area, control }: Wanted, word: string): boolean => `${area}: ${control.control}`.includes(word);
