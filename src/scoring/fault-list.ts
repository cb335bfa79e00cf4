import type { FaultKind, FaultSummary, PredictionFault } from '../campaign/model/prediction-faults.ts';

/** So many faults are kept as kind and line. */
const maxSummarised = 5;

/** Collects every fault of a file: all are counted, the first few are kept as text and as kind and line. */
export class FaultList {
  readonly listed: string[] = [];
  private readonly kinds: Partial<Record<FaultKind, number>> = {};
  private readonly first: PredictionFault[] = [];
  count = 0;

  constructor(private readonly listedAtMost: number) {}

  /** `text` is only called for a fault that is listed, so that a million faults cost no million texts. */
  add(fault: FaultKind, line: number | null, text: () => string): void {
    this.count += 1;
    this.kinds[fault] = (this.kinds[fault] ?? 0) + 1;
    if (this.first.length < maxSummarised) this.first.push({ fault, line });
    if (this.listed.length < this.listedAtMost) this.listed.push(text());
  }

  /** Without a word of the file. */
  get summary(): FaultSummary {
    return { count: this.count, kinds: this.kinds, first: this.first };
  }
}
