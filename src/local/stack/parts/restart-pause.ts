const shortestPause = 500;
const longestPause = 30_000;
/** A process that ran longer was well. */
const wellAfter = 60_000;

/** Milliseconds between the end of a process and its next start: doubled while it keeps ending within a minute. */
export class RestartPause {
  private pause = shortestPause;

  /** The pause after a process that lasted this long (ms). */
  after(lasted: number): number {
    this.pause = lasted > wellAfter ? shortestPause : Math.min(this.pause * 2, longestPause);
    return this.pause;
  }
}
