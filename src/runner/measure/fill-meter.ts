import { statfs } from 'node:fs/promises';

const sampleEveryMs = 200;

export interface Fill {
  usedBytes: number;
  peakBytes: number;
  /** At some sample there was no room for the name of another file. */
  outOfNames: boolean;
}

/** Measures from outside how much of a mounted file system is in use, five times a second and once at the end. */
export class FillMeter {
  private fill: Fill = { usedBytes: 0, peakBytes: 0, outOfNames: false };
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly folder: string,
    private readonly emptyBytes: number,
  ) {
    this.timer = setInterval(() => void this.sample().catch(() => {}), sampleEveryMs);
  }

  /** Starts with what is there now as zero. */
  static async start(folder: string): Promise<FillMeter> {
    const { blocks, bfree, bsize } = await statfs(folder);
    return new FillMeter(folder, (blocks - bfree) * bsize);
  }

  /** Ends the sampling with a last look. */
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
