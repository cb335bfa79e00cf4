import type { JobStore } from './job-store.ts';

/** How long a job is kept after its end unless the start-up file says otherwise, in seconds: 7 days, as on AWS. */
export const defaultRetentionSeconds = 7 * 24 * 3600;

/** Milliseconds between two searches for jobs past their retention, which look at every job. */
const forgetInterval = 60_000;

/** Forgets ended jobs once their retention is over. */
export class JobRetention {
  private forgotAt = 0;

  constructor(
    private readonly jobs: JobStore,
    private readonly retentionSeconds: number,
  ) {}

  /** Call it often; it searches only now and then. `now` in ms. */
  forgetOld(now: number): void {
    const retention = this.retentionSeconds * 1000;
    if (now - this.forgotAt < Math.min(forgetInterval, retention / 8)) return;
    this.forgotAt = now;
    this.jobs.forgetEndedBefore(now - retention);
  }
}
