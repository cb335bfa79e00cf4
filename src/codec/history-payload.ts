import type { WorkflowClient } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { unauthenticatedBecause } from '../unauthenticated.ts';

/** The workflow of a payload, and the activity if it is an activity's input or result. */
interface Owner {
  workflowId: string;
  activityId?: string;
}

/** The value of a payload in a history; undefined if it is not authenticated. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows which payload it reads
export async function openHistoryPayload<T extends object>(
  { options }: WorkflowClient,
  payload: Payload,
  { workflowId, activityId }: Owner,
): Promise<T | undefined> {
  const { loadedDataConverter, namespace } = options;
  const value = await decodeOptionalSinglePayload<T>(
    loadedDataConverter,
    payload,
    activityId === undefined
      ? { type: 'workflow', namespace, workflowId }
      : { type: 'activity', namespace, workflowId, activityId, isLocal: false },
  );
  return value == null || unauthenticatedBecause(value) !== undefined ? undefined : value;
}
