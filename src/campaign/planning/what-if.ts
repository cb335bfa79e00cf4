import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import { wallClockSeconds } from '../model/run-limits.ts';

/** Changes of the file that exist only in the plan. */
export interface WhatIf {
  /** By class. */
  slots?: ReadonlyMap<string, number>;
  only?: readonly string[];
  /** On-demand classes become Spot, at this share of their price. */
  spotShare?: number;
}

/**
 * The classes with the changes. Each keeps its wall clock from the file, even if the class that it is scaled from is left
 * out.
 */
export function changedClasses(classes: readonly InstanceClass[], limits: Limits, whatIf: WhatIf): InstanceClass[] {
  const { slots, only, spotShare } = whatIf;
  const referenceIsLeftOut = only !== undefined && !only.includes(limits.wallClockOn);
  return classes
    .filter(({ name }) => only === undefined || only.includes(name))
    .map((row) => {
      const changed = {
        ...row,
        slots: slots?.get(row.name) ?? row.slots,
        ...(referenceIsLeftOut && { wallClockSeconds: wallClockSeconds(limits, row, classes) }),
      };
      if (spotShare === undefined || row.purchase === 'spot') return changed;
      return { ...changed, purchase: 'spot' as const, microUsdPerHour: Math.round(row.microUsdPerHour * spotShare) };
    })
    .sort((a, b) => a.microUsdPerHour - b.microUsdPerHour);
}
