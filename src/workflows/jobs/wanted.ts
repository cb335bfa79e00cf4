import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';

/** A run that is wanted until its submission is cancelled or an operator ends it. */
export class Wanted {
  isOver: boolean;
  private scope: CancellationScope | undefined;

  constructor(submission: CancellationScope, isOver: boolean) {
    this.isOver = isOver || submission.consideredCancelled;
    submission.cancelRequested.catch(() => this.end());
  }

  end(): void {
    this.isOver = true;
    this.scope?.cancel();
  }

  /** Runs an activity while the run is wanted; once it is not, cancels it and runs the other. */
  async orElse<Result>(activity: () => Promise<Result>, other: () => Promise<Result>): Promise<Result> {
    if (this.isOver) return other();
    this.scope = new CancellationScope();
    try {
      return await this.scope.run(activity);
    } catch (error) {
      // The server does not retry a cancelled activity, even if it failed only because its worker was lost.
      if (!this.scope.consideredCancelled || !(error instanceof ActivityFailure || isCancellation(error))) throw error;
      return other();
    } finally {
      this.scope = undefined;
    }
  }
}
