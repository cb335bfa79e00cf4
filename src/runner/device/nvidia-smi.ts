import { run } from '../sandbox/command.ts';
import { timings } from '../timings.ts';

/** A reading of nvidia-smi. */
export interface GpuReading {
  usedMiB: number;
  totalMiB: number;
  driver: string;
}

/** Prints a line for {@link readingOf} every `everyMs` milliseconds. */
export const samplingCommand = (everyMs: number): [string, ...string[]] => [
  'nvidia-smi',
  '--query-gpu=memory.used,memory.total,driver_version',
  '--format=csv,noheader,nounits',
  `--loop-ms=${everyMs}`,
];

/**
 * Parses a line such as `1204, 15109, 450.80.02`. Undefined for all other output: `[N/A]` if a GPU does not report a number,
 * `[GPU is lost]` and `[Unknown Error]` if it is gone, and sentences about missing drivers.
 */
export function readingOf(line: string): GpuReading | undefined {
  const [, used, total, driver] = /^\s*(\d+),\s*(\d+),\s*([\d.]+)\s*$/.exec(line) ?? [];
  if (used === undefined || total === undefined || driver === undefined || Number(total) === 0) return undefined;
  return { usedMiB: Number(used), totalMiB: Number(total), driver };
}

/**
 * The driver's accounting of running and ended compute processes, one line each: `<pid>, <peak MiB>, <ms>`. Empty if
 * accounting mode is off (`nvidia-smi -am 1` as root turns it on) or the GPU does not support it.
 */
export async function accountedApps(): Promise<string[]> {
  const query = ['--query-accounted-apps=pid,max_memory_usage,time', '--format=csv,noheader,nounits'];
  const stop = AbortSignal.timeout(timings.gpuListing);
  const listing = await run(['nvidia-smi', ...query], { stop }).catch(() => undefined);
  if (listing?.status !== 0) return [];
  return listing.stdout.split('\n').filter((line) => accountedPeakMiB(line) !== undefined);
}

const accountedPeakMiB = (line: string): number | undefined => {
  const [, peak] = /^\s*\d+,\s*(\d+),\s*\d+\s*$/.exec(line) ?? [];
  return peak === undefined ? undefined : Number(peak);
};

/**
 * The peak of any one process that is not in the earlier listing `before`, in MiB; undefined if there is none. Process ids
 * are reused, so only a whole line that is in both listings is old.
 */
export function accountedPeakSince(before: readonly string[], now: readonly string[]): number | undefined {
  const old = new Set(before);
  const peaks = now.filter((line) => !old.has(line)).map((line) => accountedPeakMiB(line) ?? 0);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}
