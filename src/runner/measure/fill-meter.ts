import { statfs } from 'node:fs/promises';
import { runnerTimings } from '../runner-timings.ts';

interface Fill {
  usedBytes: number;
  peakBytes: number;
  /** At some sample the file system was out of inodes. */
  outOfNames: boolean;
}

/** Measures from outside how much of a mounted file system is used, five times a second and once at the end. */
export class FillMeter {
  private fill: Fill = { usedBytes: 0, peakBytes: 0, outOfNames: false };
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly folder: string,
    private readonly emptyBytes: number,
  ) {
    this.timer = setInterval(() => void this.sample().catch(() => {}), runnerTimings.outputSample);
  }

  /** The current usage counts as zero. */
  static async start(folder: string): Promise<FillMeter> {
    const { blocks, bfree, bsize } = await statfs(folder);
    return new FillMeter(folder, (blocks - bfree) * bsize);
  }

  /** Takes a last sample and stops. */
  async stop(): Promise<Fill> {
    clearInterval(this.timer);
    await this.sample();
    return this.fill;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async sample(): Promise<void> {
    const { blocks, bfree, ffree, bsize } = await statfs(this.folder);
    const usedBytes = (blocks - bfree) * bsize - this.emptyBytes;
    this.fill = {
      usedBytes,
      peakBytes: Math.max(this.fill.peakBytes, usedBytes),
      outOfNames: this.fill.outOfNames || ffree === 0,
    };
  }
}
