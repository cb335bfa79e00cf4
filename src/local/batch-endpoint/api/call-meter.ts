/** Counts calls by operation, and finds the busiest second. */
export class CallMeter {
  readonly calls: Record<string, number>;
  /** The most calls within one second, over all operations. */
  busiestSecond = 0;
  /** Calls that were answered with 429. */
  throttled = 0;
  /** The instants of the last second's calls, in milliseconds. */
  private recent: number[] = [];

  constructor(operations: readonly string[]) {
    this.calls = Object.fromEntries(operations.map((name) => [name, 0]));
  }

  count(operation: string, now = performance.now()): void {
    this.calls[operation] = (this.calls[operation] ?? 0) + 1;
    this.recent = [...this.recent.filter((at) => at > now - 1_000), now];
    this.busiestSecond = Math.max(this.busiestSecond, this.recent.length);
  }
}
