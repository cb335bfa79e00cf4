import type { InstanceClass, Limits } from '../frozen-campaign.ts';
import { costMicroUsd } from '../money.ts';
import { containerMemoryMiB } from '../run-limits.ts';
import type { CanarySpec } from './canary.ts';

/** Each of a canary's programs (up to four) ends within the wall clock. Batch ends the whole job at the end of the grace. */
export const canarySeconds = { wallClock: 300, grace: 300 } as const;

/** Longest billed time of a canary, in seconds: until Batch's time-out. */
export const longestCanarySeconds = canarySeconds.wallClock + canarySeconds.grace;

/** Highest possible cost of a canary on a class, in micro-dollars. */
export const worstCanaryMicroUsd = ({ microUsdPerHour }: Pick<InstanceClass, 'microUsdPerHour'>): number =>
  costMicroUsd(longestCanarySeconds, microUsdPerHour);

/** The limits of a canary's container: those of the campaign's runs, but for the wall clock. A canary tries whether they hold. */
export function canaryContainerLimits(limits: Limits, instanceClass: InstanceClass): CanarySpec['limits'] {
  const { pids, outputBytes, sharedMemoryMiB } = limits;
  return {
    wallClockSeconds: canarySeconds.wallClock,
    memoryMiB: containerMemoryMiB(limits, instanceClass),
    pids,
    outputBytes,
    sharedMemoryMiB,
  };
}
