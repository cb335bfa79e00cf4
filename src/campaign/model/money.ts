import type { InstanceClass, Limits } from './frozen-campaign.ts';
import { longestRunSeconds } from './run-limits.ts';

/** Money is in whole micro-dollars; billed time is in whole seconds, rounded up per Batch attempt. */

/** Price of billed seconds, rounded up to the next micro-dollar. */
export const costMicroUsd = (billedSeconds: number, microUsdPerHour: number): number =>
  Math.ceil((billedSeconds * microUsdPerHour) / 3600);

/** Seconds that Batch bills for a job: stop minus start of each attempt, rounded up. Instants in ms. */
export function billedSeconds(
  attempts: readonly { startedAt?: number | undefined; stoppedAt?: number | undefined }[],
): number {
  let seconds = 0;
  for (const { startedAt, stoppedAt } of attempts) {
    if (startedAt !== undefined && stoppedAt !== undefined) {
      seconds += Math.max(0, Math.ceil((stoppedAt - startedAt) / 1000));
    }
  }
  return seconds;
}

export const costOfRuns = (runs: readonly { costMicroUsd: number }[]): number =>
  runs.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);

/** Formats `$1,234.57`; amounts below a dollar get up to four decimals. (Intl's formatter takes 50 times as long.) */
export function dollars(microUsd: number): string {
  const amount = Math.abs(microUsd) / 1_000_000;
  const [whole = '', decimals = ''] = amount.toFixed(amount < 1 ? 4 : 2).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return `${microUsd < 0 ? '-' : ''}$${grouped}.${decimals.replace(/(?<=^\d\d\d?)0+$/, '')}`;
}

/** Highest possible cost of a run on a class, in micro-dollars. */
export const worstCostMicroUsd = (
  limits: Limits,
  instanceClass: InstanceClass,
  classes: readonly InstanceClass[],
): number => costMicroUsd(longestRunSeconds(limits, instanceClass, classes), instanceClass.microUsdPerHour);
