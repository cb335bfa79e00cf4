/** What stands in the place of a runner's process: it can be signalled, and wait. */
export class SimulatedProcess {
  private signalled: 'SIGTERM' | 'SIGKILL' | undefined;
  private wake = (): void => undefined;

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.signalled !== 'SIGKILL') this.signalled = signal;
    this.wake();
  }

  get isTerminated(): boolean {
    return this.signalled !== undefined;
  }

  get isKilled(): boolean {
    return this.signalled === 'SIGKILL';
  }

  /** Resolves after so many milliseconds (Infinity: never), or as soon as there is a signal. */
  async wait(ms: number): Promise<void> {
    if (this.isTerminated) return;
    await new Promise<void>((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(resolve, ms);
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
