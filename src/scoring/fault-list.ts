/** Collects every fault of a file: all are counted, the first few are kept as text. */
export class FaultList {
  readonly listed: string[] = [];
  count = 0;

  constructor(private readonly listedAtMost: number) {}

  /** `text` is only called for a fault that is listed, so that a million faults cost no million texts. */
  add(text: () => string): void {
    this.count += 1;
    if (this.listed.length < this.listedAtMost) this.listed.push(text());
  }
}
