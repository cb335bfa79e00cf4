import { UncheckedNotes } from './unchecked-notes.ts';

/** An object that is not what Holdout wrote. */
export interface RecordFault {
  bucket: string;
  key: string;
  /** Which byte or which field, and how it is known. */
  what: string;
  /** The fault is in a price. */
  isMoney?: true;
}

/** What a verification found so far. */
export class Findings {
  readonly faults: RecordFault[] = [];
  private readonly notes = new UncheckedNotes();
  private readonly known = new Set<string>();

  fault(bucket: string, key: string, what: string, about?: 'money'): void {
    this.faults.push({ bucket, key, what, ...(about === 'money' && { isMoney: true as const }) });
  }

  /** Something that could not be checked; equal notes are counted. */
  note(what: string): void {
    this.notes.add(what);
  }

  /** The record explains this object, whether it is right or not. */
  explain(bucket: string, key: string): void {
    this.known.add(`${bucket}/${key}`);
  }

  isExplained(bucket: string, key: string): boolean {
    return this.known.has(`${bucket}/${key}`);
  }

  /** Number of objects that the record explains. */
  get explained(): number {
    return this.known.size;
  }

  /** What could not be checked, one line each. */
  get unchecked(): string[] {
    return this.notes.lines;
  }
}
