import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Purpose } from '../campaign/model/frozen-campaign.ts';
import type { RunRecord } from '../campaign/model/messages.ts';
import { submissionWorkflowId } from '../ids.ts';
import type { Dependencies } from './dependencies.ts';
import type { RunEnd } from './run-end.ts';

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
  const scheduled = new Map<string, HistoryRun>();
  for (const event of await eventsOf(workflows.getHandle(submissionWorkflowId(campaign, submission)))) {
    const { activityTaskScheduledEventAttributes: order, activityTaskCompletedEventAttributes: answer } = event;
    const [input] = order?.input?.payloads ?? [];
    const name = order?.activityType?.name;
    if (input && (name === 'submitBatchJob' || name === 'awaitBatchJob')) {
      const { n, purpose, class: className, jobId } = defaultPayloadConverter.fromPayload<HistoryRun>(input);
      const run = { ...runs.get(n), n, purpose, class: className, ...(jobId !== undefined && { jobId }) };
      runs.set(n, run);
      if (name === 'awaitBatchJob') scheduled.set(String(event.eventId), run);
    }
    const [result] = answer?.result?.payloads ?? [];
    const run = scheduled.get(String(answer?.scheduledEventId));
    if (result && run) {
      const { jobId, reason, billedSeconds, costMicroUsd, facts } = defaultPayloadConverter.fromPayload<RunEnd>(result);
      run.end = { jobId, reason, billedSeconds, costMicroUsd, ...(facts && { facts }) };
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
