import { Context } from '@temporalio/activity';
import type { Dependencies } from './dependencies.ts';
import { reportStuck } from './report-stuck.ts';

/** An outage of this length (ms) is reported: `status` is to name it within a minute. */
const reportedAfterMs = 30_000;

/**
 * Watches whether Batch can be reached while a run is awaited: reports an outage to the campaign, and keeps a run that was
 * given up from waiting for Batch forever.
 */
export class BatchOutage {
  isReported = false;
  private interrupt = new AbortController();
  private givenUpAt: number | undefined;

  constructor(
    private readonly deps: Pick<Dependencies, 'poller' | 'workflows'>,
    private readonly order: { giveUp: boolean },
    private readonly giveUp: AbortSignal,
    /** Milliseconds before a run that no job has begun is given up without Batch. */
    readonly toleratedMs: number,
  ) {}

  /** Milliseconds since the run was given up; undefined if it was not. */
  get sinceGivenUp(): number | undefined {
    if (!this.giveUp.aborted) return undefined;
    this.givenUpAt ??= this.order.giveUp ? Context.current().info.scheduledTimestampMs : Date.now();
    return Date.now() - this.givenUpAt;
  }

  /** Call regularly. */
  check(): void {
    const { outage } = this.deps.poller;
    const isLong = outage !== null && Date.now() - outage.since > Math.min(this.toleratedMs, reportedAfterMs);
    if (isLong !== this.isReported) {
      this.isReported = isLong;
      void reportStuck(this.deps, this.order, isLong ? outage : null);
    }
    if (outage !== null && this.sinceGivenUp !== undefined) this.interrupt.abort(outage.cause);
  }

  /** Returns a new signal, which aborts when the run is given up and Batch cannot be reached. */
  signal(): AbortSignal {
    this.interrupt = new AbortController();
    return this.interrupt.signal;
  }
}
