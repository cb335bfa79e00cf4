/** A simulated runner process: it takes time and can be signalled. Instants in milliseconds. */
export class SimulatedProcess {
  /** Its duration without interruption, in simulated seconds; 0 until it is known. */
  plannedSeconds = 0;
  isKilled = false;
  private signalledAt: number | undefined;
  private wake = (): void => undefined;

  constructor(
    readonly startedAt: number,
    /** Simulated seconds per second. */
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
   * Simulated seconds so far. They stop at the planned duration and at the first signal, and are 0 before the duration is
   * known: delays from S3 or a restart of the endpoint do not count.
   */
  secondsRun(): number {
    const seconds = (((this.signalledAt ?? Date.now()) - this.startedAt) / 1000) * this.timeScale;
    return Math.min(seconds, this.plannedSeconds);
  }

  /** Resolves after the planned seconds, or at the first signal. */
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

  /** Resolves at SIGKILL; ignores everything else. */
  async waitForKill(): Promise<void> {
    if (this.isKilled) return;
    await new Promise<void>((resolve) => {
      this.wake = () => {
        if (this.isKilled) resolve();
      };
    });
  }
}
