import { assumedSpotShare, spotShareSource } from '../../campaign/planning/assumptions.ts';
import type { WhatIf } from '../../campaign/planning/what-if.ts';
import { parseShare, percent } from '../../campaign/model/units.ts';
import { holdoutError, type HoldoutError } from '../../errors.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { maxSlots } from '../../intake/campaign-file/campaign-schema.ts';
import { suggestion } from '../../intake/campaign-file/suggestion.ts';
import { quoted } from '../../safe-text.ts';

/** Options of `plan` as written. */
export interface PlanOptions {
  /** `CLASS=N`. */
  slots?: string[];
  only?: string[];
  /** A share of the on-demand price, or true for the assumed one. */
  spot?: string | true;
  margin?: string;
  json?: true;
  svg?: string;
  /** Submissions to run on every class before the plan. */
  pilot?: string;
  yes?: true;
}

const usage = (message: string): HoldoutError => holdoutError('USAGE', { message });

/** Checks the options that do not depend on the file, before one is read or built. Throws USAGE. */
export function checkOptions({ spot, margin, pilot, svg }: PlanOptions): void {
  if (typeof spot === 'string') shareOf('--spot', spot);
  if (margin !== undefined) shareOf('--margin', margin);
  if (pilot !== undefined && !/^[1-9]\d{0,3}$/.test(pilot))
    throw usage(`--pilot is ${quoted(pilot)}, must be a number of submissions from 1 to 9999`);
  if (svg !== undefined && !/\.svg$/i.test(svg))
    throw usage(`--svg is ${quoted(svg)}, must be the path of an .svg file`);
}

/** The changes that the options make to the file. Throws USAGE for options that do not fit it. */
export function whatIfOf({ slots = [], only, spot }: PlanOptions, { instanceClasses }: CheckedCampaign): WhatIf {
  const names = instanceClasses.map(({ name }) => name);
  const known = (option: string, name: string): string => {
    if (names.includes(name)) return name;
    const near = suggestion(name, names) || `; it has ${names.join(', ')}`;
    throw usage(`${option} names ${quoted(name)}, which is not an instance class of the file${near}`);
  };
  const slotsOf = new Map<string, number>();
  for (const written of slots) {
    const [, name = '', count] = /^(.*)=([1-9]\d*)$/.exec(written) ?? [];
    if (!(Number(count) <= maxSlots))
      throw usage(`--slots is ${quoted(written)}, must be CLASS=N, N from 1 to ${maxSlots}`);
    if (slotsOf.has(known('--slots', name))) throw usage(`--slots names ${quoted(name)} twice`);
    slotsOf.set(name, Number(count));
  }
  const kept = only?.map((name) => known('--only', name));
  const excluded = [...slotsOf.keys()].find((name) => kept?.includes(name) === false);
  if (excluded !== undefined) throw usage(`--slots names ${quoted(excluded)}, which --only excludes`);
  return {
    slots: slotsOf,
    ...(kept && { only: kept }),
    ...(spot !== undefined && { spotShare: spot === true ? assumedSpotShare : shareOf('--spot', spot) }),
  };
}

const shares = {
  '--spot': { most: 1, hint: '; before a campaign file write --spot=50%, or put the file first' },
  '--margin': { most: 10, hint: '' },
};

/** Throws USAGE. */
export function shareOf(option: keyof typeof shares, written: string): number {
  const { most, hint } = shares[option];
  const share = parseShare(written, most);
  if (share !== undefined) return share;
  throw usage(`${option} is ${quoted(written)}, must be a share such as 50%, up to ${most * 100}%${hint}`);
}

export function spotText({ spot }: PlanOptions): string[] {
  if (spot === undefined) return [];
  const source = `${percent(assumedSpotShare)} of their price: ${spotShareSource}; --spot=40% sets another share`;
  return [`on-demand classes as Spot, at ${spot === true ? source : `${spot} of their price`}`];
}
