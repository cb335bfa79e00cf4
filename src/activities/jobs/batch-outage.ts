import { noResponse, outageTolerated, type Service } from '../../batch/give-up-without-batch.ts';
import type { FollowStep } from '../../batch/follow-run.ts';
import type { Dependencies } from '../dependencies.ts';
import { reportStuck } from '../report-stuck.ts';

/** An outage of this length (ms) is reported at the latest: `status` is to name it within a minute. */
const longestUnreported = 30_000;

/**
 * Watches whether Batch can be reached while a run is awaited: reports an outage to the campaign, and keeps a run that was
 * given up from waiting for Batch or S3 forever.
 */
export class BatchOutage {
  isReported = false;
  /** Batch has taken the order to end the job. */
  isOrdered = false;
  /** What the run waits for, and since when. */
  private waitsFor: Service = 'S3';
  private waitsSince = Date.now();
  /** Since when Batch is asked to end the job. */
  private askedAt: number | undefined;
  private interrupt = new AbortController();
  private givenUpAt: number | undefined;
  private readonly reportAfterMs: number;

  constructor(
    private readonly deps: Pick<Dependencies, 'poller' | 'workflows'>,
    private readonly order: object,
    private readonly giveUp: AbortSignal,
    heartbeatTimeoutMs: number,
  ) {
    this.reportAfterMs = Math.min(2 * heartbeatTimeoutMs, longestUnreported);
  }

  /** For how long (ms) a run that was given up has waited for Batch to respond; undefined if it was not given up. */
  get waited(): number | undefined {
    if (!this.giveUp.aborted) return undefined;
    this.givenUpAt ??= Date.now();
    // A job that Batch is ending takes its time, and Batch is not to blame before it was asked.
    const askedAt = this.isOrdered ? undefined : this.askedAt;
    const since = askedAt ?? this.deps.poller.outage?.since ?? Date.now();
    return Date.now() - Math.max(since, this.givenUpAt);
  }

  /** What the run waits for. */
  get service(): Service {
    return this.waitsFor;
  }

  /** The run's next calls. */
  enter(step: FollowStep): void {
    this.waitsFor = step === 'S3' ? 'S3' : 'Batch';
    this.waitsSince = Date.now();
    if (step === 'order') this.askedAt ??= Date.now();
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
    else if (waited >= outageTolerated || this.isSilent) this.interrupt.abort(new Error(noResponse(this.waitsFor)));
  }

  private get isSilent(): boolean {
    return this.waitsFor === 'S3' && Date.now() - this.waitsSince >= outageTolerated;
  }

  /** Returns a new signal, which aborts when the run is given up and Batch cannot be reached, or Batch or S3 does not respond. */
  signal(): AbortSignal {
    this.enter('S3');
    this.interrupt = new AbortController();
    return this.interrupt.signal;
  }
}
