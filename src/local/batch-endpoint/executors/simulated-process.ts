/** What stands in the place of a runner's process: it takes its time and can be signalled. Instants in milliseconds. */
export class SimulatedProcess {
  /** How long it takes when nothing comes between, in its own seconds; 0 until that is known. */
  plannedSeconds = 0;
  isKilled = false;
  private signalledAt: number | undefined;
  private wake = (): void => undefined;

  constructor(
    readonly startedAt: number,
    /** Own seconds in a second. */
    private readonly timeScale: number,
  ) {}

  signal(signal: 'SIGTERM' | 'SIGKILL', at = Date.now()): void {
    this.signalledAt ??= at;
    if (signal === 'SIGKILL') this.isKilled = true;
    this.wake();
  }

  get isSignalled(): boolean {
    return this.signalledAt !== undefined;
  }

  /**
   * Own seconds so far. They stand still at what was planned, at the first signal and before there is a plan: what takes
   * longer on the clock then, S3 or an endpoint that was away, is not the job's.
   */
  secondsRun(): number {
    const seconds = (((this.signalledAt ?? Date.now()) - this.startedAt) / 1000) * this.timeScale;
    return Math.min(seconds, this.plannedSeconds);
  }

  /** Resolves when the planned seconds are over, or at the first signal. */
  async runOut(): Promise<void> {
    if (this.isSignalled) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.startedAt + (this.plannedSeconds * 1000) / this.timeScale - Date.now());
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Resolves when it is killed; deaf to everything else. */
  async waitForKill(): Promise<void> {
    if (this.isKilled) return;
    await new Promise<void>((resolve) => {
      this.wake = () => {
        if (this.isKilled) resolve();
      };
    });
  }
}
