import { assumedSpotShare, spotShareSource, type WhatIf } from '../../campaign/planning/what-if.ts';
import { parseShare, percent } from '../../campaign/model/units.ts';
import { holdoutError, type HoldoutError } from '../../errors.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { maxSlots } from '../../intake/campaign-file/campaign-schema.ts';
import { suggestion } from '../../intake/campaign-file/suggestion.ts';
import { quoted } from '../../safe-text.ts';

/** Options of `plan`, as they were written. */
export interface PlanOptions {
  /** `CLASS=N`. */
  slots?: string[];
  only?: string[];
  /** A share of the on-demand price, or true for what is assumed. */
  spot?: string | true;
  margin?: string;
  json?: true;
  svg?: string;
  /** Submissions to run on every class before the plan. */
  pilot?: string;
  yes?: true;
}

const usage = (message: string): HoldoutError => holdoutError('USAGE', { message });

/** Throws USAGE for what means nothing with any file, before one is read or made. */
export function checkOptions({ spot, margin, pilot, svg }: PlanOptions): void {
  if (typeof spot === 'string') shareOf('--spot', spot);
  if (margin !== undefined) shareOf('--margin', margin);
  if (pilot !== undefined && !/^[1-9]\d{0,3}$/.test(pilot))
    throw usage(`--pilot is ${quoted(pilot)}, must be a number of submissions from 1 to 9999`);
  if (svg !== undefined && !/\.svg$/i.test(svg))
    throw usage(`--svg is ${quoted(svg)}, must be the path of an .svg file`);
}

/** Changes of the file by options. Throws USAGE for what means nothing with this file. */
export function whatIfOf({ slots = [], only, spot }: PlanOptions, { instanceClasses }: CheckedCampaign): WhatIf {
  const names = instanceClasses.map(({ name }) => name);
  const known = (option: string, name: string): string => {
    if (names.includes(name)) return name;
    const near = suggestion(name, names) || `; there are ${names.join(', ')}`;
    throw usage(`${option} names ${quoted(name)}, which is no instance class of the file${near}`);
  };
  const wanted = new Map<string, number>();
  for (const written of slots) {
    const [, name = '', count] = /^(.*)=([1-9]\d*)$/.exec(written) ?? [];
    if (!(Number(count) <= maxSlots))
      throw usage(`--slots is ${quoted(written)}, must be CLASS=N, N from 1 to ${maxSlots}`);
    if (wanted.has(known('--slots', name))) throw usage(`--slots names ${quoted(name)} twice`);
    wanted.set(name, Number(count));
  }
  const kept = only?.map((name) => known('--only', name));
  const lost = [...wanted.keys()].find((name) => kept?.includes(name) === false);
  if (lost !== undefined) throw usage(`--slots names ${quoted(lost)}, which --only leaves out`);
  return {
    slots: wanted,
    ...(kept && { only: kept }),
    ...(spot !== undefined && { spotShare: spot === true ? assumedSpotShare : shareOf('--spot', spot) }),
  };
}

/** The most, and what is to be known besides. */
const shares = {
  '--spot': { most: 1, besides: '; where a campaign file follows, write --spot=50%, or put the file first' },
  '--margin': { most: 10, besides: '' },
};

/** Throws USAGE for what is no share, or too much. */
export function shareOf(option: keyof typeof shares, written: string): number {
  const { most, besides } = shares[option];
  const share = parseShare(written, most);
  if (share !== undefined) return share;
  throw usage(`${option} is ${quoted(written)}, must be a share such as 50%, up to ${most * 100}%${besides}`);
}

/** What --spot takes for granted. */
export function spotText({ spot }: PlanOptions): string[] {
  if (spot === undefined) return [];
  if (spot !== true) return [`on-demand classes as Spot, at ${spot} of their price`];
  return [
    `on-demand classes as Spot, at ${percent(assumedSpotShare)} of their price: ${spotShareSource}; --spot 40% says otherwise`,
  ];
}
