import { run } from '../sandbox/command.ts';
import { runnerTimings } from '../runner-timings.ts';

/** A reading of one GPU by nvidia-smi. */
export interface GpuReading {
  uuid: string;
  usedMiB: number;
  totalMiB: number;
  driver: string;
}

/** Prints a line for {@link readingOf} for each GPU, every `everyMs` milliseconds. */
export const samplingCommand = (everyMs: number): [string, ...string[]] => [
  'nvidia-smi',
  '--query-gpu=uuid,memory.used,memory.total,driver_version',
  '--format=csv,noheader,nounits',
  `--loop-ms=${everyMs}`,
];

/**
 * Parses a line such as `GPU-8f6d…, 1204, 15109, 450.80.02`. Undefined for all other output: `[N/A]` if a GPU does not report a number,
 * `[GPU is lost]` and `[Unknown Error]` if it is gone, and sentences about missing drivers.
 */
export function readingOf(line: string): GpuReading | undefined {
  const [, uuid, used, total, driver] = /^\s*(GPU-[\w-]+),\s*(\d+),\s*(\d+),\s*([\d.]+)\s*$/.exec(line) ?? [];
  if (uuid === undefined || driver === undefined || Number(total) === 0) return undefined;
  return { uuid, usedMiB: Number(used), totalMiB: Number(total), driver };
}

/**
 * The driver's accounting of running and ended compute processes, one line each and GPU:
 * `<UUID>, <pid>, <peak MiB>, <ms>`. Empty if
 * accounting mode is off (`nvidia-smi -am 1` as root turns it on) or the GPU does not support it.
 */
export async function accountedApps(): Promise<string[]> {
  const query = ['--query-accounted-apps=gpu_uuid,pid,max_memory_usage,time', '--format=csv,noheader,nounits'];
  const stop = AbortSignal.timeout(runnerTimings.gpuListing);
  const listing = await run(['nvidia-smi', ...query], { stop }).catch(() => undefined);
  if (listing?.status !== 0) return [];
  return listing.stdout.split('\n').filter((line) => accountOf(line) !== undefined);
}

function accountOf(line: string): { uuid: string; peakMiB: number } | undefined {
  const [, uuid, peak] = /^\s*(GPU-[\w-]+),\s*\d+,\s*(\d+),\s*\d+\s*$/.exec(line) ?? [];
  return uuid === undefined ? undefined : { uuid, peakMiB: Number(peak) };
}

/**
 * The peak of any one process on each GPU that is not in the earlier listing `before`, by UUID, in MiB. Process ids are
 * reused, so only a whole line that is in both listings is old.
 */
export function accountedPeaksSince(before: readonly string[], now: readonly string[]): Map<string, number> {
  const old = new Set(before);
  const peaks = new Map<string, number>();
  for (const { uuid, peakMiB } of now.filter((line) => !old.has(line)).flatMap((line) => accountOf(line) ?? [])) {
    peaks.set(uuid, Math.max(peaks.get(uuid) ?? 0, peakMiB));
  }
  return peaks;
}
