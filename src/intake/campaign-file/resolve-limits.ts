import { unpackedBytesOf, type Limits } from '../../campaign/model/frozen-campaign.ts';
import type { Complete } from './campaign-schema.ts';

const mebibyte = 2 ** 20;

/** Converts the limits of a campaign file to the units of the frozen campaign; memory becomes whole MiB. */
export function resolveLimits(limits: Complete<'limits'>): Limits {
  return {
    wallClockSeconds: limits.wallClock,
    wallClockOn: limits.wallClockOn,
    memoryMiB: Math.floor(limits.memory / mebibyte),
    pids: limits.pids,
    outputBytes: limits.output,
    imageBytes: limits.image,
    unpackedBytes: unpackedBytesOf({ imageBytes: limits.image, unpackedBytes: limits.unpacked }),
    sharedMemoryMiB: Math.ceil(limits.sharedMemory / mebibyte),
    attempts: limits.attempts,
    platformRuns: limits.platformRuns,
  };
}
