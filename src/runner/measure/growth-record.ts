import { type GrowthPoint, maxGrowthPoints } from '../../campaign/model/run-outcome.ts';

interface Change {
  seconds: number;
  bytes: number;
}

/**
 * The growth of a file as a bounded number of points, whatever its owner does to it. A point is added when the file has grown;
 * when there are too many, evenly spaced ones are kept. Truncating the file removes points.
 */
export class GrowthRecord {
  private changes: Change[] = [];
  private size = 0;
  private spacingSeconds = 0;

  /** Adds a sample; `seconds` never decrease. */
  note(seconds: number, bytes: number): void {
    const isGrowth = bytes > this.size;
    this.size = bytes;
    if (isGrowth) this.add({ seconds, bytes });
    else this.changes = this.changes.filter((change) => change.bytes <= bytes);
  }

  /** The points, as shares of the last size. */
  points(): GrowthPoint[] {
    return this.changes.map(({ seconds, bytes }) => ({
      seconds: Number(seconds.toFixed(3)),
      share: bytes / this.size,
    }));
  }

  private add(change: Change): void {
    const [beforeLast, last] = this.changes.slice(-2);
    if (last !== undefined && beforeLast !== undefined && last.seconds - beforeLast.seconds < this.spacingSeconds) {
      this.changes.pop();
    }
    this.changes.push(change);
    if (this.changes.length > maxGrowthPoints) this.thinOut();
  }

  private thinOut(): void {
    const first = this.changes[0]?.seconds ?? 0;
    const last = this.changes.at(-1)?.seconds ?? 0;
    this.spacingSeconds = (2 * (last - first)) / maxGrowthPoints;
    this.changes = this.changes.filter((_, index) => index % 2 === 0);
  }
}
