import { readsAtOnce } from '../ledger.ts';

/**
 * Items of predictions in memory at a time. One takes about 250 bytes with its name and label, so they stay far below the 2 to
 * 4 GB of Node's heap.
 */
const itemsAtOnce = 2_000_000;

/** How many submissions can be scored at a time, for a test set with this number of items. */
export const scoringsAtOnce = (items: number): number =>
  Math.max(1, Math.min(readsAtOnce, Math.floor(itemsAtOnce / Math.max(1, items))));

/** Lets at most `width` scorings run at a time; the others wait for their turn. */
export class ScoringTurns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly width: number) {}

  async take<Result>(scoring: () => Promise<Result>): Promise<Result> {
    if (this.running < this.width) this.running += 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await scoring();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
