import { run } from '../sandbox/command.ts';

/** What nvidia-smi says of a GPU at an instant. */
export interface GpuReading {
  usedMiB: number;
  totalMiB: number;
  driver: string;
}

/** Prints a line for {@link readingOf} every so many milliseconds. */
export const samplingCommand = (everyMs: number): [string, ...string[]] => [
  'nvidia-smi',
  '--query-gpu=memory.used,memory.total,driver_version',
  '--format=csv,noheader,nounits',
  `--loop-ms=${everyMs}`,
];

/**
 * Reads a line such as `1204, 15109, 450.80.02`. Undefined for everything else it prints: `[N/A]` where a GPU keeps no such
 * number, `[GPU is lost]` and `[Unknown Error]` when it is gone, and sentences about missing drivers.
 */
export function readingOf(line: string): GpuReading | undefined {
  const [, used, total, driver] = /^\s*(\d+),\s*(\d+),\s*([\d.]+)\s*$/.exec(line) ?? [];
  if (used === undefined || total === undefined || driver === undefined || Number(total) === 0) return undefined;
  return { usedMiB: Number(used), totalMiB: Number(total), driver };
}

/** Longest time that a listing may take. */
const listingLimitMs = 20_000;

/**
 * The driver's own books of compute processes, running and ended, one line each: `<pid>, <most MiB in use>, <ms>`. Empty
 * where accounting mode is off (`nvidia-smi -am 1` turns it on and needs root) or a GPU does not know it.
 */
export async function accountedApps(): Promise<string[]> {
  const query = ['--query-accounted-apps=pid,max_memory_usage,time', '--format=csv,noheader,nounits'];
  const stop = AbortSignal.timeout(listingLimitMs);
  const listing = await run(['nvidia-smi', ...query], { stop }).catch(() => undefined);
  if (listing?.status !== 0) return [];
  return listing.stdout.split('\n').filter((line) => accountedPeakMiB(line) !== undefined);
}

const accountedPeakMiB = (line: string): number | undefined => {
  const [, peak] = /^\s*\d+,\s*(\d+),\s*\d+\s*$/.exec(line) ?? [];
  return peak === undefined ? undefined : Number(peak);
};

/**
 * The most that one process had since the listing `before`, in MiB; undefined when there was none. The book is circular and
 * its process ids come round again, so a line is old only when all of it was there.
 */
export function accountedPeakSince(before: readonly string[], now: readonly string[]): number | undefined {
  const old = new Set(before);
  const peaks = now.filter((line) => !old.has(line)).map((line) => accountedPeakMiB(line) ?? 0);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}
