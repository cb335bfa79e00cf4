import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { stuckAfterFailures } from '../../campaign/state/stuck-limit.ts';
import { campaignOf, campaignWorkflowId } from '../../ids.ts';
import { inParallel } from '../../in-parallel.ts';
import { queryDeadlineMs } from '../../timings.ts';
import { progressQuery } from '../../workflows/signals-and-queries.ts';

/** Prometheus scrapes at this interval or slower; more scrapes, or more scrapers, cost no more queries. */
export const leastIntervalMs = 15_000;

const campaignsAtOnce = 4;

/** What the running campaigns say. */
export interface Reading {
  /** Whether Temporal listed the running campaigns. */
  temporalUp: boolean;
  campaigns: ReadonlyMap<string, CampaignReading>;
}

export interface CampaignReading {
  /** Undefined: it does not answer. */
  progress: CampaignProgress | undefined;
  /** The steps of the campaign itself that fail again and again, by Temporal's description; undefined: it gives none. */
  stuckSteps: number | undefined;
}

/**
 * Reads the progress of every running campaign: one list, and one query and one description per campaign, in
 * {@link leastIntervalMs}.
 */
export class CampaignReader {
  private startedAt = -Infinity;
  private reading: Promise<Reading> = Promise.resolve({ temporalUp: false, campaigns: new Map() });

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(
    private readonly client: Pick<Client, 'withDeadline' | 'workflow'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The newest reading; waits for one under way. */
  read(): Promise<Reading> {
    if (this.now() - this.startedAt < leastIntervalMs) return this.reading;
    this.startedAt = this.now();
    const before = this.reading;
    // Of all calls together: Prometheus gives a scrape 10 s.
    const deadline = Date.now() + queryDeadlineMs;
    this.reading = this.list(deadline).then(
      async (campaigns) => ({ temporalUp: true, campaigns: await this.queryAll(campaigns, deadline) }),
      async () => ({ temporalUp: false, campaigns: silent((await before).campaigns) }),
    );
    return this.reading;
  }

  private list(deadline: number): Promise<string[]> {
    const query = "WorkflowType = 'campaign' AND ExecutionStatus = 'Running'";
    return this.client.withDeadline(deadline, async () => {
      const found: string[] = [];
      for await (const { workflowId } of this.client.workflow.list({ query })) {
        const campaign = campaignOf(workflowId);
        if (campaign !== undefined) found.push(campaign);
      }
      return found;
    });
  }

  private async queryAll(campaigns: readonly string[], deadline: number): Promise<Reading['campaigns']> {
    const answers = await inParallel(campaignsAtOnce, campaigns, async (campaign) => {
      const handle = this.client.workflow.getHandle(campaignWorkflowId(campaign));
      const inTime = <Result>(work: () => Promise<Result>): Promise<Result | undefined> =>
        this.client.withDeadline(deadline, work).catch(() => undefined);
      const [progress, described] = await Promise.all([
        inTime(() => handle.query(progressQuery)),
        inTime(() => handle.describe()),
      ]);
      return [campaign, { progress, stuckSteps: described && stuckSteps(described) }] as const;
    });
    return new Map(answers);
  }
}

const stuckSteps = ({ raw }: WorkflowExecutionDescription): number =>
  (raw.pendingActivities ?? []).filter(({ attempt }) => (attempt ?? 1) > stuckAfterFailures).length;

const silent = (campaigns: Reading['campaigns']): Reading['campaigns'] =>
  new Map([...campaigns.keys()].map((campaign) => [campaign, { progress: undefined, stuckSteps: undefined }]));
