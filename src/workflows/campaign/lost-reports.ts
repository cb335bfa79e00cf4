import { ActivityFailure, isCancellation, log } from '@temporalio/workflow';
import type { SubmissionReport } from '../../campaign/model/messages.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { longActivities } from '../activity-proxies.ts';

/**
 * The reports of silent submissions whose workflow has ended. An activity that fails must not stop the campaign: the next tick
 * checks again.
 */
export async function lostReports(
  campaign: string,
  state: CampaignState,
  silent: string[],
): Promise<SubmissionReport[]> {
  if (silent.length === 0) return [];
  const rounds = new Map(silent.map((submission) => [submission, state.open.get(submission)?.sequence]));
  try {
    const ended = await longActivities('main', `check ${silent.length} silent submissions`).endedAmong({
      campaign,
      submissions: silent,
    });
    // A later round that began meanwhile was not checked.
    const open = ended.flatMap((submission) => {
      const one = state.open.get(submission);
      if (one === undefined || one.sequence !== rounds.get(submission)) return [];
      return [{ submission, sequence: one.sequence, held: one.grant ?? null }];
    });
    if (open.length === 0) return [];
    return await longActivities('main', `records of ${open.length} lost submissions`).reconcile({ campaign, open });
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    log.warn('checking silent submissions failed', { error });
    return [];
  }
}
