import { Context } from '@temporalio/activity';
import type { Dependencies } from './dependencies.ts';
import { reportStuck } from './report-stuck.ts';

/** A run whose Batch does not answer: the campaign is told, and a run that was given up need not wait for Batch for ever. */
export class BatchOutage {
  private isTold = false;
  private interrupt = new AbortController();
  private givenUpAt: number | undefined;

  constructor(
    private readonly deps: Pick<Dependencies, 'poller' | 'workflows'>,
    private readonly order: { giveUp: boolean },
    private readonly giveUp: AbortSignal,
    /** So long nothing is said, and a run that no job began is waited for, in ms. */
    readonly patience: number,
  ) {}

  /** Since when the run is given up, in ms; undefined: it is not. */
  get waited(): number | undefined {
    if (!this.giveUp.aborted) return undefined;
    this.givenUpAt ??= this.order.giveUp ? Context.current().info.scheduledTimestampMs : Date.now();
    return Date.now() - this.givenUpAt;
  }

  /** To be called now and then. */
  look(): void {
    const { outage: trouble } = this.deps.poller;
    const isSilent = trouble !== null && Date.now() - trouble.since > this.patience;
    if (isSilent !== this.isTold) {
      this.isTold = isSilent;
      void reportStuck(this.deps, this.order, isSilent ? trouble : null);
    }
    if (trouble !== null && this.waited !== undefined) this.interrupt.abort(trouble.cause);
  }

  /** Aborts once a run that was given up waits for a Batch that does not answer; another one at every call. */
  signal(): AbortSignal {
    this.interrupt = new AbortController();
    return this.interrupt.signal;
  }
}
