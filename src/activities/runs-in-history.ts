import { WorkflowNotFoundError } from '@temporalio/client';
import type { Purpose } from '../campaign/model/frozen-campaign.ts';
import type { RunRecord } from '../campaign/model/messages.ts';
import { submissionWorkflowId } from '../ids.ts';
import type { Dependencies } from './dependencies.ts';
import type { RunEnd } from './run-end.ts';
import { openHistoryPayload } from '../codec/history-payload.ts';

/** A run that a workflow requested; `end` is set once the workflow has seen it end. */
export interface HistoryRun {
  n: number;
  purpose: Purpose;
  class: string;
  jobId?: string;
  end?: Pick<RunRecord, 'jobId' | 'reason' | 'billedSeconds' | 'costMicroUsd' | 'facts'>;
}

/** The runs that a submission's last workflow requested, from its history; none if the history is gone. */
export async function runsInHistory(
  { workflows }: Dependencies,
  campaign: string,
  submission: string,
): Promise<Map<number, HistoryRun>> {
  const runs = new Map<number, HistoryRun>();
  const scheduled = new Map<string, { run: HistoryRun; activityId: string }>();
  const workflowId = submissionWorkflowId(campaign, submission);
  for (const event of await eventsOf(workflows.getHandle(workflowId))) {
    const { activityTaskScheduledEventAttributes: order, activityTaskCompletedEventAttributes: answer } = event;
    const [input] = order?.input?.payloads ?? [];
    const name = order?.activityType?.name;
    const activityId = order?.activityId ?? '';
    if (input && (name === 'submitBatchJob' || name === 'awaitBatchJob')) {
      const opened = await openHistoryPayload<HistoryRun>(workflows, input, { workflowId, activityId });
      if (opened === undefined) continue;
      const { n, purpose, class: className, jobId } = opened;
      const run = { ...runs.get(n), n, purpose, class: className, ...(jobId !== undefined && { jobId }) };
      runs.set(n, run);
      if (name === 'awaitBatchJob') scheduled.set(String(event.eventId), { run, activityId });
    }
    const [result] = answer?.result?.payloads ?? [];
    const awaited = scheduled.get(String(answer?.scheduledEventId));
    const end =
      result &&
      awaited &&
      (await openHistoryPayload<RunEnd>(workflows, result, { workflowId, activityId: awaited.activityId }));
    if (end && awaited) {
      const { jobId, reason, billedSeconds, costMicroUsd, facts } = end;
      awaited.run.end = { jobId, reason, billedSeconds, costMicroUsd, ...(facts && { facts }) };
    }
  }
  return runs;
}

type Handle = ReturnType<Dependencies['workflows']['getHandle']>;

async function eventsOf(handle: Handle) {
  try {
    // Unlike fetchHistory, describe throws WorkflowNotFoundError.
    await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
  return (await handle.fetchHistory()).events ?? [];
}
