import { ActivityFailure, CancellationScope, condition, isCancellation, patched } from '@temporalio/workflow';

/** Marks histories in which a run that is not wanted any more is ended without its activity's answer. */
const endsUnanswered = 'end-runs-unanswered';

/**
 * How long (ms) an activity that is not wanted any more may take to end by itself. A worker hears of a cancellation with its next
 * heartbeat, and one that died never: that shows only at the heartbeat timeout.
 */
const answersWithin = 5_000;

/** A run that is wanted until its submission is cancelled or an operator ends it. */
export class EndableRun {
  isOver: boolean;
  private scope: CancellationScope | undefined;
  private tell = (): void => undefined;

  constructor(submission: CancellationScope, isOver: boolean) {
    this.isOver = isOver || submission.consideredCancelled;
    submission.cancelRequested.catch(() => this.end());
  }

  end(): void {
    this.isOver = true;
    this.scope?.cancel();
    this.tell();
  }

  /**
   * Runs an activity while the run is wanted; once it is not, cancels it and runs the other, unless the first ends by itself soon.
   * Both may then run at the same time, and the first result counts.
   */
  async orElse<Result>(activity: () => Promise<Result>, other: () => Promise<Result>): Promise<Result> {
    if (this.isOver) return other();
    const scope = (this.scope = new CancellationScope());
    const over = new Promise<void>((resolve) => (this.tell = resolve));
    let instead: Promise<Result> | undefined;
    const replace = (): Promise<Result> => (instead ??= other());
    let isDone = false;
    const first = scope
      .run(activity)
      .finally(() => (isDone = true))
      .catch((error: unknown) => {
        // The server does not retry a cancelled activity, even if it failed only because its worker was lost.
        if (!scope.consideredCancelled || !(error instanceof ActivityFailure || isCancellation(error))) throw error;
        return replace();
      });
    const unanswered = over.then(async () => {
      if (!patched(endsUnanswered) || (await condition(() => isDone, answersWithin))) return first;
      return replace();
    });
    return Promise.race([first, unanswered]).finally(() => (this.scope = undefined));
  }
}
