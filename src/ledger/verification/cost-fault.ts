import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { costMicroUsd } from '../../campaign/model/money.ts';

interface Billed {
  billedSeconds: number;
  costMicroUsd: number;
}

/**
 * Why a cost (micro-dollars) does not follow from the billed seconds; undefined if it does. `unknown`: what older versions
 * booked, without seconds, if nobody knew the time; undefined if the time was known.
 */
export function costFault(
  { billedSeconds, costMicroUsd: cost }: Billed,
  { microUsdPerHour }: Pick<InstanceClass, 'microUsdPerHour'>,
  unknown: number | undefined,
): string | undefined {
  const right = costMicroUsd(billedSeconds, microUsdPerHour);
  if (cost === right || (billedSeconds === 0 && cost === unknown)) return undefined;
  return `is not ${right}`;
}
