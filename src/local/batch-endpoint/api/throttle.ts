/** A token bucket: `perSecond` calls in a burst, then `perSecond` calls a second. */
export class Throttle {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly perSecond: number,
    now = performance.now(),
  ) {
    this.tokens = perSecond;
    this.filledAt = now;
  }

  /** Takes a token; false if there is none. `now` in milliseconds of any monotonic clock. */
  admits(now = performance.now()): boolean {
    this.tokens = Math.min(this.perSecond, this.tokens + ((now - this.filledAt) / 1000) * this.perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
