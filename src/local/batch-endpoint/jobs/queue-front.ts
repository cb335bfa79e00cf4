/** How many jobs of a queue Batch shows in a snapshot. */
const shown = 100;

/** The first RUNNABLE jobs of each queue, and since when each is at its position. Instants in milliseconds. */
export class QueueFront {
  private readonly queues = new Map<string, { jobId: string; since: number }[]>();

  /** Notes the first jobs of a queue, in order. */
  note(queue: string, jobIds: readonly string[], now: number): void {
    const before = this.queues.get(queue) ?? [];
    const front = jobIds.slice(0, shown).map((jobId, position) => {
      const known = before[position];
      return known?.jobId === jobId ? known : { jobId, since: now };
    });
    this.queues.set(queue, front);
  }

  of(queue: string): readonly { jobId: string; since: number }[] {
    return this.queues.get(queue) ?? [];
  }
}

/** The number of jobs to pass to {@link QueueFront.note}. */
export const frontLength = shown;
