import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { StuckStep } from '../../campaign/model/messages.ts';
import { giveUpSignal, tryAgainSignal } from '../signals-and-queries.ts';
import { isUntaken, stuckUntaken } from '../jobs/untaken-activities.ts';

/** The campaign gave up a step that was retried again and again. */
export class GivenUpError extends Error {
  override readonly name = 'GivenUpError';
}

/** Runs the steps of a submission that may be stuck: the campaign can have one retried at once, or given up. */
export class InterruptibleSteps {
  private current: { scope: CancellationScope; verdict?: 'again' | GivenUpError } | undefined;

  constructor(private readonly report: (stuck: StuckStep) => Promise<void>) {
    setHandler(tryAgainSignal, () => this.interrupt('again'));
    setHandler(giveUpSignal, ({ cause }) => this.interrupt(new GivenUpError(cause)));
  }

  /** Runs a step until it succeeds or fails and is not retried; reports and reschedules one that no worker takes. Throws {@link GivenUpError}. */
  async of<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const since = Date.now();
    for (;;) {
      const current: NonNullable<InterruptibleSteps['current']> = { scope: new CancellationScope() };
      this.current = current;
      try {
        return await current.scope.run(attempt);
      } catch (error) {
        if (CancellationScope.current().consideredCancelled) throw error;
        if (current.verdict instanceof GivenUpError) throw current.verdict;
        if (isUntaken(error)) await this.report(stuckUntaken(error, since));
        else if (current.verdict === undefined) throw error;
      } finally {
        this.current = undefined;
      }
    }
  }

  private interrupt(verdict: 'again' | GivenUpError): void {
    if (this.current === undefined) return;
    this.current.verdict = verdict;
    this.current.scope.cancel();
  }
}
