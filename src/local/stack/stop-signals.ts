/** The signals of Ctrl-C, of an orderly end and of a closed terminal, with the exit statuses that a shell reports for them. */
const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The exit status of a program whose reader has gone. */
const unread = 141;

/** One Ctrl-C arrives twice, because npm passes on what the terminal sends to both; within this time, in ms. */
const oneCtrlC = 1_000;

/**
 * Takes the signals that would end this process and leave the servers that it has started. The first one, or the loss of the
 * terminal, asks for an orderly stop; another one ends the servers at once.
 */
export class StopSignals {
  private readonly first = new AbortController();
  private readonly another = new AbortController();
  private taken: { status: number; at: number } | undefined;
  private stop: ((status: number) => void) | undefined;
  private isGuarding = false;
  private readonly listeners = Object.entries(statuses).map(
    ([name, status]) => [name, (): void => this.take(status)] as const,
  );

  constructor() {
    for (const [name, listener] of this.listeners) process.on(name, listener);
    for (const stream of [process.stdout, process.stderr]) stream.on('error', this.onUnwritable);
  }

  /** Aborts at the first signal. */
  get asked(): AbortSignal {
    return this.first.signal;
  }

  /** Aborts at another signal. */
  get urgent(): AbortSignal {
    return this.another.signal;
  }

  /** There is something to stop from now on; before, a signal ends the process. */
  guard(): void {
    this.isGuarding = true;
  }

  /** What stops it, with the exit status; called at once if a signal has come before. */
  onStop(stop: (status: number) => void): void {
    this.stop = stop;
    if (this.taken) stop(this.taken.status);
  }

  /** Leaves the signals to Node again. */
  dispose(): void {
    for (const [name, listener] of this.listeners) process.off(name, listener);
    for (const stream of [process.stdout, process.stderr]) stream.off('error', this.onUnwritable);
  }

  private take(status: number): void {
    if (!this.isGuarding && this.stop === undefined) process.exit(status);
    const now = Date.now();
    if (this.taken !== undefined) {
      if (now - this.taken.at > oneCtrlC) this.another.abort();
      return;
    }
    this.taken = { status, at: now };
    this.first.abort();
    this.stop?.(status);
  }

  /** A line cannot be written: that the disk is full is no reason to stop, and every further line fails too. */
  private readonly onUnwritable = ({ code }: NodeJS.ErrnoException): void => {
    if (this.taken === undefined && (code === 'EPIPE' || code === 'EIO')) this.take(unread);
  };
}
