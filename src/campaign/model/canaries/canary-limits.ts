import type { InstanceClass } from '../frozen-campaign.ts';
import { costMicroUsd } from '../money.ts';

/** Each of a canary's programs (up to four) ends within the wall clock. Batch ends the whole job at the end of the grace. */
export const canarySeconds = { wallClock: 300, grace: 300 } as const;

/** Longest billed time of a canary, in seconds: until Batch's time-out. */
export const longestCanarySeconds = canarySeconds.wallClock + canarySeconds.grace;

/** Highest possible cost of a canary on a class, in micro-dollars. */
export const worstCanaryMicroUsd = ({ microUsdPerHour }: Pick<InstanceClass, 'microUsdPerHour'>): number =>
  costMicroUsd(longestCanarySeconds, microUsdPerHour);
