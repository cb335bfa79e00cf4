import { WorkflowNotFoundError } from '@temporalio/client';
import { HoldoutError, messageOf } from '../../errors.ts';
import { subjectOf } from '../../ids.ts';
import { inParallel } from '../../in-parallel.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { Access } from '../access.ts';
import { checkRecord } from '../stack/check-remote.ts';

const callsAtOnce = 20;

/**
 * Why the bucket of the records cannot be used or reached from here; undefined if it can. Throws any other fault, such as a refused
 * key.
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

/** Which running workflows of a campaign are meant, by the names that Temporal has; without a condition all, canaries too. */
export interface RunningChoice {
  /** The team as Temporal's list shows it: its pseudonym if operators see pseudonyms. */
  team?: string;
  submissions?: readonly string[];
}

/** The ids of the chosen workflows of a campaign's submissions and canaries that run. */
export async function runningWorkflows(
  { temporal }: Pick<Access, 'temporal'>,
  campaign: string,
  { team, submissions }: RunningChoice,
): Promise<string[]> {
  const query =
    `${searchAttributes.campaign.name} = '${campaign}' AND ExecutionStatus = 'Running' ` +
    `AND WorkflowType IN ('submission', 'canary')`;
  const ids: string[] = [];
  for await (const { workflowId, typedSearchAttributes } of temporal.workflow.list({ query })) {
    const submission = subjectOf(workflowId)?.submission;
    const isOfTeam = team === undefined || typedSearchAttributes.get(searchAttributes.team) === team;
    const isNamed = submissions === undefined || (submission !== undefined && submissions.includes(submission));
    if (isOfTeam && isNamed) ids.push(workflowId);
  }
  return ids;
}

/**
 * Has Temporal itself cancel the workflows: they end their jobs, whatever their campaign waits for. Returns those that it could not,
 * each with why.
 */
export async function cancelWorkflows(
  { temporal }: Pick<Access, 'temporal'>,
  ids: readonly string[],
): Promise<{ id: string; why: string }[]> {
  const failed: { id: string; why: string }[] = [];
  await inParallel(callsAtOnce, ids, async (id) => {
    try {
      await temporal.workflow.getHandle(id).cancel();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) failed.push({ id, why: messageOf(error) });
    }
  });
  return failed;
}
