/** Pseudo-random numbers (mulberry32), the same for the same seed. Not for secrets. */
export class RandomStream {
  constructor(private state: number) {}

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Normal with mean 0 and standard deviation 1 (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** An index, drawn with the given probabilities; undefined if there are none. */
  pickIndex(probabilities: readonly number[]): number | undefined {
    if (probabilities.length === 0) return undefined;
    let left = this.next();
    for (const [index, probability] of probabilities.entries()) {
      left -= probability;
      if (left < 0) return index;
    }
    return probabilities.length - 1;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, key: this.next() }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }
}
