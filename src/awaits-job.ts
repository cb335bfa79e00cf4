import { WorkflowNotFoundError, type WorkflowClient } from '@temporalio/client';

/** Whether a workflow waits for its job to end. */
export async function awaitsJob(
  workflows: WorkflowClient,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<boolean> {
  try {
    const { raw } = await workflows.getHandle(workflowId, runId).describe();
    const pending = (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name);
    return pending.includes('awaitBatchJob') || pending.includes('awaitCanary');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
