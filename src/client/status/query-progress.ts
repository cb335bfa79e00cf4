import { isGrpcCancelledError, isGrpcDeadlineError, QueryNotRegisteredError } from '@temporalio/client';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { holdoutError, HoldoutError } from '../../errors.ts';
import { campaignWorkflowId } from '../../ids.ts';
import { retryFor } from '../../retry-for.ts';
import { queryDeadlineMs } from '../../timings.ts';
import { progressQuery } from '../../workflows/signals-and-queries.ts';
import type { Access } from '../access.ts';
import { frozenCampaign, isOpen, campaignFromS3, type CampaignFromS3 } from '../operator/campaign-from-s3.ts';
import { isCampaignRunning } from '../operator/start-workflow.ts';
import { requireWorker } from './require-worker.ts';
import { stuckActivityLine, stuckActivities } from './trouble/stuck-activities.ts';

/** A campaign that was just started responds only once it has read its ledger. */
const firstAnswerMs = 120_000;

/** Polls a campaign every `pollMs`; throws CAMPAIGN_SILENT at the end, any other error at once. */
export const pollCampaign = <Result>(work: () => Promise<Result>, limit: number, pollMs: number): Promise<Result> =>
  retryFor(work, {
    limit,
    firstPause: pollMs,
    longestPause: pollMs,
    isPermanent: (error) => !(error instanceof HoldoutError && error.code === 'CAMPAIGN_SILENT'),
  });

/** The deadline of a query has passed; the server may notice it first, and then cancels the call. */
export const isUnanswered = (error: unknown): boolean => isGrpcDeadlineError(error) || isGrpcCancelledError(error);

/** `stopped`: rounds are open, but no workflow continues them. */
type QueriedCampaign =
  { kind: 'running'; progress: CampaignProgress } | { kind: 'ended' | 'stopped'; known: CampaignFromS3 };

/**
 * The state of a campaign from its workflow, or from S3 if none runs. Throws CAMPAIGN_UNKNOWN, CAMPAIGN_SILENT,
 * CAMPAIGN_STUCK.
 */
export async function queryCampaign(access: Access, campaign: string): Promise<QueriedCampaign> {
  await frozenCampaign(access, campaign);
  if (await isCampaignRunning(access, campaign)) {
    return { kind: 'running', progress: await queryProgress(access, campaign) };
  }
  const known = await campaignFromS3(access, campaign);
  return { kind: known.submissions.some(isOpen) ? 'stopped' : 'ended', known };
}

/** For commands that need a running campaign. Throws CAMPAIGN_UNKNOWN, CAMPAIGN_ENDED. */
export async function requireRunning(access: Access, campaign: string, command: string): Promise<void> {
  await frozenCampaign(access, campaign);
  if (!(await isCampaignRunning(access, campaign))) throw holdoutError('CAMPAIGN_ENDED', { campaign, command });
}

/**
 * Queries the progress of a campaign's workflow; retries for `withinMs` while there is no answer. Throws CAMPAIGN_SILENT, and
 * CAMPAIGN_STUCK if the workflow cannot load its state, NO_WORKER if nothing can answer.
 */
export async function queryProgress(
  { temporal }: Pick<Access, 'temporal'>,
  campaign: string,
  withinMs = firstAnswerMs,
): Promise<CampaignProgress> {
  const handle = temporal.workflow.getHandle(campaignWorkflowId(campaign));
  const query = async (): Promise<CampaignProgress> => {
    try {
      return await temporal.withDeadline(Date.now() + queryDeadlineMs, () => handle.query(progressQuery));
    } catch (error) {
      // The workflow has not loaded its state yet, or no worker answered in time.
      const isLoading = error instanceof QueryNotRegisteredError;
      // The server refuses a query at once that no worker has been there for.
      if (!isLoading) await requireWorker({ temporal }, campaign);
      if (!isLoading && !isUnanswered(error)) throw error;
      const [stuck] = isLoading ? await stuckActivities({ temporal }, campaign) : [];
      if (stuck) throw holdoutError('CAMPAIGN_STUCK', { campaign, stuck: stuckActivityLine(stuck) }, error);
      throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: withinMs / 1000 }, error);
    }
  };
  return pollCampaign(query, withinMs, 250);
}
