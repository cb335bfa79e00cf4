/** A worker or a server that restarts needs this long; no notice before. */
const quietMs = 30_000;
const repeatMs = 300_000;

/** Decides when to say that a watched campaign does not answer. Instants in ms. */
export class OutageNotice {
  private dueAt: number;

  constructor(private answeredAt: number) {
    this.dueAt = answeredAt + quietMs;
  }

  answered(now: number): void {
    this.answeredAt = now;
    this.dueAt = now + quietMs;
  }

  /** The notice, if it is due; `cause`: why the last query had no answer. */
  unanswered(now: number, cause: string): string | undefined {
    if (now < this.dueAt) return undefined;
    this.dueAt = now + repeatMs;
    const seconds = Math.round((now - this.answeredAt) / 1000);
    return `  no answer from the campaign for ${seconds} s (${cause}); running jobs continue; still watching`;
  }
}
