import { readdirSync, readFileSync } from 'node:fs';
import { readRecord } from '../../src/local/stack/parts/part.ts';
import { placesOf } from '../../src/local/stack/home/home.ts';

/** Clock ticks of Linux, per second. */
const ticksPerSecond = 100;

const parts = ['temporal', 's3', 'batch', 'worker', 'scorer'] as const;
export type PartName = (typeof parts)[number];

export interface Usage {
  /** Processor seconds, including ended child processes. */
  cpuSeconds: number;
  /** Resident memory in MiB, the highest so far. */
  peakMiB: number;
}

/** Adds up the usage of the parts of a stack, across restarts. */
export class UsageMeter {
  private readonly seen = new Map<string, { part: PartName; cpuSeconds: number; peakMiB: number }>();

  constructor(private readonly home: string) {}

  /** Takes a measurement; call it every few seconds, since usage after the last one is lost when a process is killed. */
  look(): void {
    for (const part of parts) {
      const identity = readRecord(placesOf(this.home), part)?.identity;
      const usage = identity && usageOf(identity.pid);
      if (identity && usage) this.seen.set(`${identity.pid} ${identity.startTime}`, { part, ...usage });
    }
  }

  total(): Record<PartName, Usage> {
    const sum = (part: PartName): Usage => {
      const own = [...this.seen.values()].filter((process) => process.part === part);
      return {
        cpuSeconds: own.reduce((seconds, process) => seconds + process.cpuSeconds, 0),
        peakMiB: Math.max(0, ...own.map((process) => process.peakMiB)),
      };
    };
    return {
      temporal: sum('temporal'),
      s3: sum('s3'),
      batch: sum('batch'),
      worker: sum('worker'),
      scorer: sum('scorer'),
    };
  }
}

/** Usage of the parts of a stack since their last start. */
export function usageOfParts(home: string): Record<PartName, Usage> {
  const meter = new UsageMeter(home);
  meter.look();
  return meter.total();
}

/** Processor seconds of a process and of its children, also of ended ones. */
export function cpuSecondsOfFamily(pid: number): number {
  const pids = [
    pid,
    ...readdirSync('/proc')
      .map(Number)
      .filter((one) => parentOf(one) === pid),
  ];
  return pids.reduce((sum, one) => sum + (usageOf(one)?.cpuSeconds ?? 0), 0);
}

function parentOf(pid: number): number | undefined {
  try {
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return parent === undefined ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

/** Usage of a process from /proc; undefined if it no longer exists. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { cpuSeconds: ticks / ticksPerSecond, peakMiB: Number(peak ?? 0) / 1024 };
  } catch {
    return undefined;
  }
}
