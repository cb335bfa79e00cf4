import { parseShare } from '../campaign/units.ts';
import { assumedSpotShare, type WhatIf } from '../campaign/planning/what-if.ts';
import { trouble } from '../errors.ts';
import type { CheckedCampaign } from '../hand-in/checked-campaign.ts';
import { suggestion } from '../hand-in/nearest.ts';
import { quoted } from '../safe-text.ts';

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

/** Changes of the file by options. Throws USAGE for what means nothing with this file. */
export function whatIfOf({ slots = [], only, spot }: PlanOptions, { instanceClasses }: CheckedCampaign): WhatIf {
  const names = instanceClasses.map(({ name }) => name);
  const known = (option: string, name: string): string => {
    if (names.includes(name)) return name;
    const near = suggestion(name, names) || `; there are ${names.join(', ')}`;
    throw trouble('USAGE', {
      message: `${option} names ${quoted(name)}, which is no instance class of the file${near}`,
    });
  };
  const wanted = slots.map((written) => {
    const [, name = '', count = ''] = /^(.*)=([1-9]\d{0,5})$/.exec(written) ?? [];
    if (count === '') throw trouble('USAGE', { message: `--slots is ${quoted(written)}, must be CLASS=N, N from 1` });
    return [known('--slots', name), Number(count)] as const;
  });
  return {
    slots: new Map(wanted),
    ...(only && { only: only.map((name) => known('--only', name)) }),
    ...(spot !== undefined && { spotShare: spot === true ? assumedSpotShare : shareOf('--spot', spot) }),
  };
}

/** Throws USAGE for what is no share. */
export function shareOf(option: string, written: string): number {
  const share = parseShare(written);
  if (share === undefined)
    throw trouble('USAGE', { message: `${option} is ${quoted(written)}, must be a share such as 50%` });
  return share;
}

/** What --spot takes for granted. */
export function spotText({ spot }: PlanOptions): string[] {
  if (spot === undefined) return [];
  if (spot !== true) return [`on-demand classes as Spot, at ${spot} of their price`];
  return [
    `on-demand classes as Spot, at ${Math.round(assumedSpotShare * 100)} % of their price: the dearest found in a price list of 2026 ` +
      '(g4dn.xlarge in eu-west-1, $0.33 of $0.587; V100 machines were at 14 %); --spot 40% says otherwise',
  ];
}
