import type { InstanceClass } from '../model/frozen-campaign.ts';
import { wallClockSeconds } from '../model/run-limits.ts';
import type { RunRules } from '../simulation/simulated-run-result.ts';
import type { Knowledge } from './knowledge.ts';

/** Classes that a campaign may be given: one alone, or all of them with the ways between them. */
export interface Mix {
  name: string;
  kind: 'alone' | 'all';
  classes: InstanceClass[];
}

/**
 * All classes as Holdout decides, then each alone. A class without a device is none for submissions that need one; how
 * long they would take there only a pilot can tell, so without one it is not planned alone beside others. Pure.
 */
export function mixesOf({ instanceClasses: all, limits }: RunRules, knowledge: Knowledge): Mix[] {
  const measured = knowledge.kind === 'pilot';
  const alone = all
    .filter(({ kind }) => kind === 'gpu' || measured || all.every((row) => row.kind === 'cpu'))
    // Alone it keeps its wall clock, also where the class that it is scaled from is not in the mix.
    .map((row) => ({ ...row, wallClockSeconds: wallClockSeconds(limits, row, all) }))
    .map((row): Mix => ({ name: `${row.name} alone`, kind: 'alone', classes: [row] }));
  if (all.length === 1) return alone;
  return [{ name: 'all, as Holdout decides', kind: 'all', classes: [...all] }, ...alone];
}
