import type { FaultKind, FaultSummary, PredictionFault } from '../campaign/model/prediction-faults.ts';

/** Number of faults kept with kind and line. */
const maxSummarised = 5;

/** Collects the faults of a file: counts all, and keeps the first few as text and with kind and line. */
export class FaultList {
  readonly listed: string[] = [];
  private readonly kinds: Partial<Record<FaultKind, number>> = {};
  private readonly first: PredictionFault[] = [];
  count = 0;

  constructor(private readonly maxListed: number) {}

  /** Calls `text` only for listed faults, so a million faults need no million texts. */
  add(fault: FaultKind, line: number | null, text: () => string): void {
    this.count += 1;
    this.kinds[fault] = (this.kinds[fault] ?? 0) + 1;
    if (this.first.length < maxSummarised) this.first.push({ fault, line });
    if (this.listed.length < this.maxListed) this.listed.push(text());
  }

  /** Contains no text of the file. */
  get summary(): FaultSummary {
    return { count: this.count, kinds: this.kinds, first: this.first };
  }
}
