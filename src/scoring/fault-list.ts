import type { FaultKind, FaultSummary, PredictionFault } from '../campaign/model/prediction-faults.ts';

/** Numbers of faults kept as text, and with kind and line. */
const [maxListed, maxSummarised] = [20, 5];

/** A table with faults: their number, the first twenty as text, escaped for display, and a summary without text of the file. */
export interface FaultyTable {
  kind: 'invalid';
  faults: string[];
  count: number;
  summary: FaultSummary;
}

/** Collects the faults of a file: counts all, and keeps the first few as text and with kind and line. */
export class FaultList {
  private readonly listed: string[] = [];
  private readonly kinds: Partial<Record<FaultKind, number>> = {};
  private readonly first: PredictionFault[] = [];
  count = 0;

  /** Calls `text` only for listed faults, so a million faults need no million texts. */
  add(fault: FaultKind, line: number | null, text: () => string): void {
    this.count += 1;
    this.kinds[fault] = (this.kinds[fault] ?? 0) + 1;
    if (this.first.length < maxSummarised) this.first.push({ fault, line });
    if (this.listed.length < maxListed) this.listed.push(text());
  }

  get table(): FaultyTable {
    const { count, listed, kinds, first } = this;
    return { kind: 'invalid', faults: listed, count, summary: { count, kinds, first } };
  }
}
