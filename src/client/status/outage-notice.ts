/** So long nothing is said: a worker or a server that restarts needs that much. */
const patienceMs = 30_000;
/** Between two words about the same silence. */
const sayAgainMs = 300_000;

/** Notices that a campaign which is followed answers no more. Times in ms. */
export class OutageNotice {
  private sayAt: number;

  constructor(private heardAt: number) {
    this.sayAt = heardAt + patienceMs;
  }

  heard(now: number): void {
    this.heardAt = now;
    this.sayAt = now + patienceMs;
  }

  /** What to tell the one who watches, if it is time; `cause`: why the last question had no answer. */
  unheard(now: number, cause: string): string | undefined {
    if (now < this.sayAt) return undefined;
    this.sayAt = now + sayAgainMs;
    const seconds = Math.round((now - this.heardAt) / 1000);
    return `  no answer from the campaign for ${seconds} s (${cause}); what runs goes on, and so does the watching`;
  }
}
