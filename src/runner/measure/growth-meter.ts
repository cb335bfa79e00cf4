import { lstat } from 'node:fs/promises';
import type { GrowthPoint } from '../../campaign/model/run-outcome.ts';
import { GrowthRecord } from './growth-record.ts';
import { runnerTimings } from '../runner-timings.ts';

/**
 * Measures from outside how a run's predictions file grows, five times a second. It reads only the size and never opens the
 * file, which the submission controls: it follows no link, and a sample always costs the same.
 */
export class GrowthMeter {
  private readonly record = new GrowthRecord();
  private readonly startedAt = performance.now();
  private readonly timer = setInterval(() => void this.sample(), runnerTimings.outputSample);

  /** `names`: the possible paths of the file; the first that exists counts. */
  constructor(private readonly names: readonly string[]) {}

  /** Takes a last sample and stops. */
  async stop(): Promise<GrowthPoint[]> {
    this.close();
    await this.sample();
    return this.record.points();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async sample(): Promise<void> {
    const seconds = (performance.now() - this.startedAt) / 1000;
    this.record.note(seconds, await this.size());
  }

  private async size(): Promise<number> {
    for (const name of this.names) {
      const stats = await lstat(name).catch(() => undefined);
      if (stats !== undefined) return stats.isFile() ? stats.size : 0;
    }
    return 0;
  }
}
