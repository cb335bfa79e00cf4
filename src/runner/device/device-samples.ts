import type { GpuReading } from './nvidia-smi.ts';

/** What the samples of one GPU show. */
export interface SampledGpu {
  uuid: string;
  totalMiB: number;
  driver: string;
  /** The lowest reading: the first may still show a run before this one. */
  idleMiB: number;
  peakMiB: number;
  /** Longest time between two readings, or since the last. */
  longestGapMs: number;
}

interface Held extends SampledGpu {
  readAt: number;
}

/** Which GPUs of a host a run uses. */
export interface WantedGpus {
  count: number;
  /** Their UUIDs, if somebody assigned them; otherwise the first ones that the driver lists. */
  assigned?: readonly string[] | undefined;
}

/** The readings of a run's GPUs. Instants in ms on a clock that only rises. */
export class DeviceSamples {
  private readonly gpus = new Map<string, Held>();
  /** UUIDs of GPUs that are not the run's. */
  readonly others = new Set<string>();

  constructor(private readonly wanted: WantedGpus) {}

  /**
   * Adds a reading. Readings of other GPUs count for nothing. Returns `all-listed` when the driver begins its list again,
   * which then has too few GPUs unless {@link isComplete}.
   */
  add({ usedMiB, ...reading }: GpuReading, now: number): 'added' | 'all-listed' | 'ignored' {
    const { uuid } = reading;
    const known = this.gpus.get(uuid);
    if (known === undefined && !this.isWanted(uuid)) {
      if (this.others.has(uuid)) return 'all-listed';
      this.others.add(uuid);
      return 'ignored';
    }
    const { idleMiB = usedMiB, peakMiB = usedMiB, longestGapMs = 0, readAt = now } = known ?? {};
    this.gpus.set(uuid, {
      ...reading,
      idleMiB: Math.min(idleMiB, usedMiB),
      peakMiB: Math.max(peakMiB, usedMiB),
      longestGapMs: Math.max(longestGapMs, now - readAt),
      readAt: now,
    });
    return known === undefined ? 'added' : 'all-listed';
  }

  get size(): number {
    return this.gpus.size;
  }

  /** Every GPU of the run has a reading. */
  get isComplete(): boolean {
    return this.gpus.size === this.wanted.count;
  }

  /** How long the GPU with the oldest last reading has had none. */
  silentMs(now: number): number {
    return Math.max(0, ...[...this.gpus.values()].map(({ readAt }) => now - readAt));
  }

  report(now: number): SampledGpu[] {
    return [...this.gpus.values()].map(({ readAt, ...gpu }) => ({
      ...gpu,
      longestGapMs: Math.max(gpu.longestGapMs, now - readAt),
    }));
  }

  private isWanted(uuid: string): boolean {
    return this.wanted.assigned?.includes(uuid) ?? this.gpus.size < this.wanted.count;
  }
}
