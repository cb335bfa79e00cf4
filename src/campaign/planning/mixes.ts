import type { InstanceClass } from '../model/frozen-campaign.ts';
import { wallClockSeconds } from '../model/run-limits.ts';
import type { RunRules } from '../simulation/simulated-run-result.ts';
import type { Knowledge } from './knowledge.ts';

/** Classes that a campaign can use: one alone, or all of them with fallbacks from one to another. */
export interface Mix {
  name: string;
  kind: 'alone' | 'all';
  classes: InstanceClass[];
}

/**
 * All classes as Holdout decides, then each class alone. Only a pilot shows how long work for a GPU takes without one, so
 * a class without a GPU is planned alone only with a pilot or if there are no GPU classes.
 */
export function mixesOf({ instanceClasses: all, limits }: RunRules, knowledge: Knowledge): Mix[] {
  const measured = knowledge.kind === 'pilot';
  const alone = all
    .filter(({ kind }) => kind === 'gpu' || measured || all.every((row) => row.kind === 'cpu'))
    // The wall clock stays as in the file, even if the class that it is scaled from is not in the mix.
    .map((row) => ({ ...row, wallClockSeconds: wallClockSeconds(limits, row, all) }))
    .map((row): Mix => ({ name: `${row.name} alone`, kind: 'alone', classes: [row] }));
  if (all.length === 1) return alone;
  return [{ name: 'all, as Holdout decides', kind: 'all', classes: [...all] }, ...alone];
}
