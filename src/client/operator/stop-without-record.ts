import { HoldoutError } from '../../errors.ts';
import { subjectOf } from '../../ids.ts';
import { inParallel } from '../../in-parallel.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { Access } from '../access.ts';
import { checkRecord } from '../stack/check-remote.ts';

const atOnce = 20;

/**
 * Why the bucket of the records cannot be used or reached; undefined if it can. Throws any other fault, such as a missing region,
 * which the operator can correct at once.
 */
export async function recordFault(access: Access): Promise<HoldoutError | undefined> {
  try {
    await checkRecord(access, 'no command can be put on record');
    return undefined;
  } catch (error) {
    if (error instanceof HoldoutError && ['BUCKET_UNUSABLE', 'S3_UNREACHABLE'].includes(error.code)) return error;
    throw error;
  }
}

/** Which of a campaign's running workflows are meant, by the names that Temporal has; without a condition, canaries too. */
export interface MeantWorkflows {
  team?: string;
  submission?: readonly string[];
}

/** The ids of the running workflows of a campaign that may have jobs. */
export async function workflowsWithJobs(
  { temporal }: Pick<Access, 'temporal'>,
  campaign: string,
  { team, submission }: MeantWorkflows,
): Promise<string[]> {
  const query = `${searchAttributes.campaign.name} = '${campaign}' AND ExecutionStatus = 'Running' AND WorkflowType IN ('submission', 'canary')`;
  const ids: string[] = [];
  for await (const { workflowId, typedSearchAttributes } of temporal.workflow.list({ query })) {
    const isMeant =
      (team === undefined || typedSearchAttributes.get(searchAttributes.team) === team) &&
      (submission === undefined || submission.includes(subjectOf(workflowId)?.submission ?? ''));
    if (isMeant) ids.push(workflowId);
  }
  return ids;
}

/** Has Temporal itself cancel the workflows: they end their jobs, whatever their campaign waits for. */
export async function cancelWorkflows({ temporal }: Pick<Access, 'temporal'>, ids: readonly string[]): Promise<void> {
  await inParallel(atOnce, ids, async (id) => void (await temporal.workflow.getHandle(id).cancel()));
}
