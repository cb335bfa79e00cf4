import { outageTolerated } from '../batch/end-without-batch.ts';
import type { Dependencies } from './dependencies.ts';
import { reportStuck } from './report-stuck.ts';

/**
 * Watches whether Batch can be reached while a run is awaited: reports an outage to the campaign, and keeps a run that was
 * given up from waiting for Batch forever.
 */
export class BatchOutage {
  isReported = false;
  /** Batch has taken the order to end the job. */
  isOrdered = false;
  private interrupt = new AbortController();
  private givenUpAt: number | undefined;

  constructor(
    private readonly deps: Pick<Dependencies, 'poller' | 'workflows'>,
    private readonly order: object,
    private readonly giveUp: AbortSignal,
    /** An outage of this length is reported. */
    private readonly reportAfterMs: number,
  ) {}

  /** For how long (ms) a run that was given up has waited for Batch to respond; undefined if it was not given up. */
  get waited(): number | undefined {
    if (!this.giveUp.aborted) return undefined;
    this.givenUpAt ??= Date.now();
    // A job that Batch is ending takes its time.
    const since = this.isOrdered ? (this.deps.poller.outage?.since ?? Date.now()) : this.givenUpAt;
    return Date.now() - since;
  }

  /** Call regularly. */
  check(): void {
    const { outage } = this.deps.poller;
    const isLong = outage !== null && Date.now() - outage.since > this.reportAfterMs;
    if (isLong !== this.isReported) {
      this.isReported = isLong;
      void reportStuck(this.deps, this.order, isLong ? outage : null);
    }
    const { waited } = this;
    if (waited === undefined) return;
    if (outage !== null) this.interrupt.abort(outage.cause);
    else if (waited >= outageTolerated) this.interrupt.abort(new Error('Batch has not responded'));
  }

  /** Returns a new signal, which aborts when the run is given up and Batch cannot be reached or does not respond. */
  signal(): AbortSignal {
    this.interrupt = new AbortController();
    return this.interrupt.signal;
  }
}
