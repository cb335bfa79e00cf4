import type { Client, WorkflowHandle } from '@temporalio/client';
import { campaignWorkflowId } from '../../src/ids.ts';
import { commandMessages } from '../../src/workflows/signals-and-queries.ts';

type Events = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

export interface ParentRun {
  events: number;
  historyBytes: number;
  /** Bytes of its input, the state of the previous run. */
  carriedBytes: number;
  /** From each operator's signal to the end of the workflow task that handled it. */
  signalsInForceAfterMs: number[];
}

const operatorSignals = new Set(
  [
    commandMessages.pauseTeam,
    commandMessages.resumeTeam,
    commandMessages.reprioritiseTeam,
    commandMessages.pauseCampaign,
    commandMessages.resumeCampaign,
  ].map(({ name }) => name),
);

/** The runs of a campaign's workflow, newest first. */
export async function parentRuns({ workflow }: Client, campaign: string): Promise<ParentRun[]> {
  const runs: ParentRun[] = [];
  for await (const { runId } of workflow.list({ query: `WorkflowId = "${campaignWorkflowId(campaign)}"` })) {
    const handle = workflow.getHandle(campaignWorkflowId(campaign), runId);
    const { historyLength, raw } = await handle.describe();
    const events = (await handle.fetchHistory()).events ?? [];
    const input = events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
    runs.push({
      events: historyLength,
      historyBytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0),
      carriedBytes: input?.length ?? 0,
      signalsInForceAfterMs: inForceAfterMs(events),
    });
  }
  return runs;
}

function inForceAfterMs(events: Events): number[] {
  const took: number[] = [];
  let waiting: number[] = [];
  let taken: number[] = [];
  for (const event of events) {
    const at = Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6;
    if (operatorSignals.has(event.workflowExecutionSignaledEventAttributes?.signalName ?? '')) waiting.push(at);
    if (event.workflowTaskStartedEventAttributes) {
      taken.push(...waiting);
      waiting = [];
    }
    if (event.workflowTaskCompletedEventAttributes) {
      took.push(...taken.map((since) => at - since));
      taken = [];
    }
  }
  return took;
}
