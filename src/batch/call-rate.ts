/**
 * Spaces calls so that no `windowMs` have more than `calls` of them. Reserves instants and does not wait itself. All instants
 * are milliseconds of one monotonic clock.
 */
export class CallRate {
  /** The last `calls` reserved instants, ascending. */
  private reserved: number[] = [];

  constructor(
    private readonly calls: number,
    private readonly windowMs: number,
  ) {}

  /** Reserves the next instant from `now` on at which a call may start. */
  reserve(now: number): number {
    const oldest = this.reserved.length < this.calls ? -Infinity : (this.reserved[0] ?? -Infinity);
    const at = Math.max(now, this.reserved.at(-1) ?? now, oldest + this.windowMs);
    this.reserved = [...this.reserved, at].slice(-this.calls);
    return at;
  }
}
