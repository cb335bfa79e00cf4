import { type GrowthPoint, maxGrowthPoints } from '../../campaign/model/run-outcome.ts';

interface Change {
  seconds: number;
  bytes: number;
}

/**
 * The growth of a file in a bounded number of instants, whatever its owner does to it. Instants are those at which a new
 * size was seen; where there are too many, evenly spaced ones are kept. What is cut off the file no longer counts.
 */
export class GrowthRecord {
  private changes: Change[] = [];
  private size = 0;
  private spacingSeconds = 0;

  /** Takes one look at the file; `seconds` never go back. */
  note(seconds: number, bytes: number): void {
    const isGrowth = bytes > this.size;
    this.size = bytes;
    if (isGrowth) this.add({ seconds, bytes });
    else this.changes = this.changes.filter((change) => change.bytes <= bytes);
  }

  /** As shares of the size seen last. */
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
