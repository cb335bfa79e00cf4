import type { Orphans } from '../../campaign/invariants/orphans.ts';

/** What nothing answers for; `container`: a running job that does not have the claim of its run. */
export const orphanKinds = ['job-without-workflow', 'workflow-without-job', 'container-without-claim'] as const;
export type OrphanCounts = Record<(typeof orphanKinds)[number], number>;

/**
 * Looks for orphans of the running campaigns now and then, in the background of scrapes. One look may be wrong, see
 * {@link findOrphans}: an orphan counts if the look before saw it too.
 */
export class OrphanWatch {
  private startedAt = -Infinity;
  private isLooking = false;
  private seen = new Map<string, Orphans>();
  private counts = new Map<string, OrphanCounts>();

  /** `intervalMs`: between the starts of two looks. `now`: milliseconds of a clock that never goes back. */
  constructor(
    private readonly look: (campaign: string) => Promise<Orphans>,
    private readonly intervalMs: number,
    private readonly onFailure: (error: unknown, campaign: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The counts by the last two looks, of campaigns that were looked at twice. Starts the next look when it is due. */
  of(campaigns: readonly string[]): ReadonlyMap<string, OrphanCounts> {
    if (!this.isLooking && this.now() - this.startedAt >= this.intervalMs) {
      this.startedAt = this.now();
      this.isLooking = true;
      void this.lookAt(campaigns).finally(() => (this.isLooking = false));
    }
    return new Map([...this.counts].filter(([campaign]) => campaigns.includes(campaign)));
  }

  private async lookAt(campaigns: readonly string[]): Promise<void> {
    const [seen, counts] = [new Map<string, Orphans>(), new Map<string, OrphanCounts>()];
    for (const campaign of campaigns) {
      try {
        const found = await this.look(campaign);
        const before = this.seen.get(campaign);
        seen.set(campaign, found);
        if (before !== undefined) counts.set(campaign, countsOf(before, found));
      } catch (error) {
        this.onFailure(error, campaign);
      }
    }
    this.seen = seen;
    this.counts = counts;
  }
}

function countsOf(before: Orphans, now: Orphans): OrphanCounts {
  const stays = <Orphan>(of: (orphans: Orphans) => Orphan[], idOf: (orphan: Orphan) => string): number => {
    const known = new Set(of(before).map(idOf));
    return of(now).filter((orphan) => known.has(idOf(orphan))).length;
  };
  return {
    'job-without-workflow': stays(
      ({ jobsWithoutWorkflow }) => jobsWithoutWorkflow,
      ({ job }) => job,
    ),
    'workflow-without-job': stays(
      ({ workflowsWithoutJob }) => workflowsWithoutJob,
      ({ workflow }) => workflow,
    ),
    'container-without-claim': stays(
      ({ containersWithoutClaim }) => containersWithoutClaim,
      ({ job }) => job,
    ),
  };
}
