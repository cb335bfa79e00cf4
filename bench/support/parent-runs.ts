import type { Client } from '@temporalio/client';
import { campaignWorkflowId } from '../../src/ids.ts';

export interface ParentRun {
  events: number;
  historyBytes: number;
  /** Bytes of its input: the state of the run before it. */
  carriedBytes: number;
}

/** The runs of a campaign's workflow, newest first. */
export async function parentRuns({ workflow }: Client, campaign: string): Promise<ParentRun[]> {
  const runs: ParentRun[] = [];
  for await (const { runId } of workflow.list({ query: `WorkflowId = "${campaignWorkflowId(campaign)}"` })) {
    const handle = workflow.getHandle(campaignWorkflowId(campaign), runId);
    const { historyLength, raw } = await handle.describe();
    const { events } = await handle.fetchHistory();
    const input = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    runs.push({
      events: historyLength,
      historyBytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
      carriedBytes: input?.length ?? 0,
    });
  }
  return runs;
}
