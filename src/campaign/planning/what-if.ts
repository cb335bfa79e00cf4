import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import { wallClockSeconds } from '../model/run-limits.ts';

/** Changes of the file that are only planned. */
export interface WhatIf {
  /** By class. */
  slots?: ReadonlyMap<string, number>;
  only?: readonly string[];
  /** On-demand classes as Spot, at this share of their price. */
  spotShare?: number;
}

/** What Spot machines are taken to cost of the on-demand price where nobody says. */
export const assumedSpotShare = 0.56;

/** Where that share is from. */
export const spotShareSource =
  'the dearest found in a price list of 2026 (g4dn.xlarge in eu-west-1, $0.33 of $0.587; V100 machines were at 14 %)';

/**
 * The classes with the changes. Where the class is gone that the promised wall clock is scaled from, each of the others keeps
 * the one that it has in the file. Pure.
 */
export function changedClasses(classes: readonly InstanceClass[], limits: Limits, whatIf: WhatIf): InstanceClass[] {
  const { slots, only, spotShare } = whatIf;
  const promiseIsGone = only !== undefined && !only.includes(limits.wallClockOn);
  return classes
    .filter(({ name }) => only === undefined || only.includes(name))
    .map((row) => {
      const changed = {
        ...row,
        slots: slots?.get(row.name) ?? row.slots,
        ...(promiseIsGone && { wallClockSeconds: wallClockSeconds(limits, row, classes) }),
      };
      if (spotShare === undefined || row.purchase === 'spot') return changed;
      return { ...changed, purchase: 'spot' as const, microUsdPerHour: Math.round(row.microUsdPerHour * spotShare) };
    })
    .sort((a, b) => a.microUsdPerHour - b.microUsdPerHour);
}
