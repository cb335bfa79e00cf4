import type { Context } from '@temporalio/activity';

/** The details of the heartbeat of an attempt that failed. */
interface FailedAttempt {
  /** The attempt after which no SubmitJob of the run may be accepted unseen. */
  nothingPendingAfter: number;
}

/**
 * Whether a SubmitJob of an earlier attempt of the current activity may have been accepted without its answer. An attempt that
 * ends with a proof to the contrary says so in its heartbeat; one that says nothing, because its worker died, leaves it open.
 */
export class PendingSubmit {
  mayBe: boolean;
  private readonly attempt: number;

  constructor(private readonly context: Context) {
    const { attempt, heartbeatDetails } = context.info;
    this.attempt = attempt;
    const before = heartbeatDetails as Partial<FailedAttempt> | undefined;
    this.mayBe = attempt > 1 && before?.nothingPendingAfter !== attempt - 1;
  }

  /** Runs the attempt; if it fails, the next one learns what may be pending. */
  async handOver<Output>(work: () => Promise<Output>): Promise<Output> {
    try {
      return await work();
    } catch (error) {
      if (!this.mayBe) this.context.heartbeat({ nothingPendingAfter: this.attempt } satisfies FailedAttempt);
      throw error;
    }
  }
}
