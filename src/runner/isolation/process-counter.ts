import type { RunCgroup } from '../sandbox/cgroup.ts';

const everyMs = 50;

/** Counts the processes in a control group from outside. */
export class ProcessCounter {
  private highest: number | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly cgroup: RunCgroup) {
    this.timer = setInterval(() => void this.sample(), everyMs);
  }

  /** Stops; returns the most processes at one time, or null if the group never had any that could be counted. */
  stop(): number | null {
    clearInterval(this.timer);
    return this.highest;
  }

  private async sample(): Promise<void> {
    const now = await this.cgroup.processes();
    if (now !== null) this.highest = Math.max(this.highest ?? 0, now);
  }
}

/** How long processes must exist to be counted for certain. */
export const countedMs = 6 * everyMs;
