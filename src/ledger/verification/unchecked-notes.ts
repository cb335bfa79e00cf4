/** What a verification could not check. */
export class UncheckedNotes {
  private readonly notes = new Map<string, number>();

  add(what: string): void {
    this.notes.set(what, (this.notes.get(what) ?? 0) + 1);
  }

  /** One line each; equal notes make one line with their number. */
  get lines(): string[] {
    return [...this.notes].map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`));
  }
}
