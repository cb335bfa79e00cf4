import { noResponse, type Service } from '../../batch/give-up-without-batch.ts';
import { messageOf } from '../../errors.ts';
import type { WorkflowDependencies } from '../dependencies.ts';
import { attemptsPerReport, faultText, reportStuck } from '../report-stuck.ts';

/**
 * Tells the campaign that a run cannot be given up, and that it was: of errors every few attempts, of a service that does not
 * respond at once, since that took seconds. The activity does not fail meanwhile, because the server does not retry it after its
 * cancellation was requested.
 */
export class GiveUpReport {
  private tries = 0;
  private since = 0;
  private isReported = false;

  constructor(
    private readonly deps: WorkflowDependencies,
    private readonly order: unknown,
  ) {}

  /** An attempt failed while it waited for `service`; `isOverridden`: the campaign was told of an outage of Batch. */
  async failed(error: unknown, service: Service, isOverridden: boolean): Promise<void> {
    this.tries += 1;
    if (this.tries === 1) this.since = Date.now();
    const isSilence = messageOf(error) === noResponse(service);
    if (isOverridden || (!isSilence && this.tries % attemptsPerReport !== 0)) return;
    this.isReported = true;
    const cause = isSilence ? noResponse(service) : `${service}: ${faultText(error)}`;
    await reportStuck(this.deps, this.order, { cause, tries: this.tries, since: this.since });
  }

  /** The run has ended. */
  async over(): Promise<void> {
    if (this.isReported) await reportStuck(this.deps, this.order, null);
  }
}
