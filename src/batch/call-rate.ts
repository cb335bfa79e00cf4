/**
 * Batch allows an account 50 calls a second (re:Post, "aws-batch-requests-error"). This is one process's part: two workers and
 * an operator's commands stay below it together.
 */
export const callsPerSecond = 20;

/**
 * Keeps calls below a rate, however late they are sent, carried out or answered. A call occupies one of `slots` until
 * `windowMs` after its end, so two calls of one slot are carried out at least that far apart: no `windowMs` sees more than
 * `slots` calls. Spacing the starts alone is not enough, since a process or a network that stalls delivers them together.
 */
export class CallRate {
  private readonly waiting: (() => void)[] = [];
  private readonly resting = new Set<NodeJS.Timeout>();

  constructor(
    private free: number,
    private readonly windowMs: number,
  ) {}

  async run<Result>(call: () => Promise<Result>): Promise<Result> {
    await this.take();
    try {
      return await call();
    } finally {
      this.rest();
    }
  }

  private async take(): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    for (const timer of this.resting) timer.ref();
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Frees a slot after the window. A slot for which nobody waits does not keep the process alive. */
  private rest(): void {
    const timer = setTimeout(() => {
      this.resting.delete(timer);
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }, this.windowMs);
    this.resting.add(timer);
    if (this.waiting.length === 0) timer.unref();
  }
}
