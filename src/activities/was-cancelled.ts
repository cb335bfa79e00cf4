import { WorkflowNotFoundError } from '@temporalio/client';
import { submissionWorkflowId } from '../ids.ts';
import type { WorkflowDependencies } from './dependencies.ts';

/**
 * Whether an operator cancelled a submission's workflow before a run of it failed. Temporal tells the next run nothing of that.
 * Looks at all runs before it, the newest first; one that Temporal no longer has ends the search.
 */
export async function wasCancelled(
  { workflows }: WorkflowDependencies,
  { campaign, submission, before }: { campaign: string; submission: string; before: string },
): Promise<boolean> {
  const workflowId = submissionWorkflowId(campaign, submission);
  for (let runId: string | null | undefined = before; runId;) {
    const events = await eventsOf(workflows, workflowId, runId);
    if (events.some((event) => event.workflowExecutionCancelRequestedEventAttributes)) return true;
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  }
  return false;
}

async function eventsOf(workflows: WorkflowDependencies['workflows'], workflowId: string, runId: string) {
  try {
    const handle = workflows.getHandle(workflowId, runId);
    // Unlike fetchHistory, describe throws WorkflowNotFoundError.
    await handle.describe();
    return (await handle.fetchHistory()).events ?? [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}
