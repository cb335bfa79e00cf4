import { lstat } from 'node:fs/promises';
import type { GrowthPoint } from '../../campaign/model/run-outcome.ts';
import { GrowthRecord } from './growth-record.ts';

const lookEveryMs = 200;

/**
 * Watches from outside how a run's predictions file grows, five times a second. It asks only for the size and never opens
 * the file, which belongs to the submission: no link is followed and nothing it does makes a look dearer.
 */
export class GrowthMeter {
  private readonly record = new GrowthRecord();
  private readonly startedAt = performance.now();
  private readonly timer = setInterval(() => void this.look(), lookEveryMs);

  /** `names`: of the file, the first that is there counts. */
  constructor(private readonly names: readonly string[]) {}

  /** Ends the watch with a last look. */
  async stop(): Promise<GrowthPoint[]> {
    this.close();
    await this.look();
    return this.record.points();
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
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
