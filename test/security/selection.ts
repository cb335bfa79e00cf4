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
  'npm run test:security                       removes every control, about two hours',
  'npm run test:security -- WORD …             only controls whose area or name has one of the words',
  'npm run test:security -- --write [AREA …]   all, or those of the areas, and writes their tables in docs/security/drill.md',
  '',
  'Areas:',
  ...Object.entries(areas).map(([area, { length }]) => `  ${area}: ${length} controls`),
].join('\n');

/** The controls that the words of the command line name. */
export function selection(words: readonly string[]): Selection {
  if (words[0] === '--write') return writing(words.slice(1));
  if (words.length === 0) return { kind: 'controls', wanted: all, writesPage: false };
  if (words.some((word) => word === '--help' || word === '-h')) return { kind: 'said', text: usage, status: 0 };
  const option = words.find((word) => word.startsWith('-'));
  if (option !== undefined)
    return refused(option === '--write' ? '--write comes first' : `there is no option ${option}`);
  const unknown = words.find((word) => !all.some((one) => has(one, word)));
  if (unknown !== undefined) return refused(`no area and no control has "${unknown}"`);
  const wanted = all.filter((one) => words.some((word) => has(one, word)));
  return { kind: 'controls', wanted, writesPage: false };
}

/** Whole areas, so that a table of the page has every row of its area. */
function writing(named: readonly string[]): Selection {
  const unknown = named.find((name) => !Object.hasOwn(areas, name));
  if (unknown !== undefined) return refused(`there is no area "${unknown}"`);
  const wanted = named.length === 0 ? all : all.filter(({ area }) => named.includes(area));
  return { kind: 'controls', wanted, writesPage: true };
}

const refused = (why: string): Selection => ({ kind: 'said', text: `${why}\n\n${usage}`, status: 2 });

const has = ({ area, control }: Wanted, word: string): boolean => `${area}: ${control.control}`.includes(word);
