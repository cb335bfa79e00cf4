import { WorkflowNotFoundError } from '@temporalio/client';
import type { HeldGrant } from '../campaign/campaign-state.ts';
import type { RunRecord, SubmissionReport } from '../campaign/protocol.ts';
import { submissionWorkflowId } from '../ids.ts';
import { lastRecord } from '../ledger/ledger.ts';
import type { Dependencies } from './dependencies.ts';
import { recordResult, reportOf } from './record-result.ts';

/** An open submission as its campaign knows it. */
export interface OpenCase {
  submission: string;
  team: string;
  held: HeldGrant | null;
}

/**
 * Looks for open submissions whose workflow has ended without the campaign hearing of it, and answers their reports.
 * One that left no record (terminated by hand) is recorded as failed by the platform, its held run at the worst case.
 */
export async function reconcile(
  deps: Dependencies,
  input: { campaign: string; open: OpenCase[] },
): Promise<SubmissionReport[]> {
  const reports: SubmissionReport[] = [];
  for (const open of input.open) {
    if (await isRunning(deps, input.campaign, open.submission)) continue;
    const last = await lastRecord(deps.store, deps.buckets.results, input.campaign, open.submission);
    if (last !== undefined) {
      reports.push(reportOf(last.record));
      continue;
    }
    const runs = open.held ? [lostRun(open.held)] : [];
    await recordResult(deps, {
      campaign: input.campaign,
      submission: open.submission,
      team: open.team,
      sequence: 1,
      state: 'failed',
      reason: 'platform-error',
      detail: 'Its workflow ended without a record.',
      runs,
      score: null,
      image: null,
    });
  }
  return reports;
}

/** Whether a submission's workflow is under way. */
export async function isRunning(deps: Dependencies, campaign: string, submission: string): Promise<boolean> {
  try {
    const { status } = await deps.workflows.getHandle(submissionWorkflowId(campaign, submission)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

const lostRun = (held: HeldGrant): RunRecord => ({
  n: held.n,
  purpose: held.purpose,
  class: held.class,
  jobId: null,
  reason: 'platform-error',
  billedSeconds: 0,
  costMicroUsd: held.reserved,
});
