import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcDeadlineError, QueryNotRegisteredError } from '@temporalio/client';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { holdoutError } from '../../errors.ts';
import { campaignWorkflowId } from '../../ids.ts';
import { progressQuery } from '../../workflows/messages.ts';
import type { Access } from '../access.ts';
import { frozenCampaign, isOpen, campaignFromS3, type CampaignFromS3 } from '../operator/campaign-from-s3.ts';
import { isCampaignRunning } from '../operator/start-workflow.ts';
import { stuckActivityLine, stuckActivities } from './stuck-steps.ts';

/** A campaign that was just started answers only once it has read its ledger. */
const firstAnswerMs = 120_000;

const askAgainMs = 250;

/**
 * Less than the 10 s after which Temporal hands a question that a dead worker never took to another one: that answers from
 * events which no workflow task has taken yet, and then goes on from there, see workflows/nondeterminism.ts.
 */
export const answerWithinMs = 5_000;

/** `stopped`: rounds are open, but no workflow goes on with them. */
export type QueriedCampaign =
  { kind: 'running'; progress: CampaignProgress } | { kind: 'ended' | 'stopped'; known: CampaignFromS3 };

/**
 * How a campaign stands: what its workflow says, else what S3 says. Throws CAMPAIGN_UNKNOWN, CAMPAIGN_SILENT,
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

/** For what only a campaign that runs can do. Throws CAMPAIGN_UNKNOWN, CAMPAIGN_ENDED. */
export async function requireRunning(access: Access, campaign: string, act: string): Promise<void> {
  await frozenCampaign(access, campaign);
  if (!(await isCampaignRunning(access, campaign))) throw holdoutError('CAMPAIGN_ENDED', { campaign, command: act });
}

/**
 * Asks a campaign's workflow how it stands; questions without an answer are asked again for `patienceMs`. Throws
 * CAMPAIGN_SILENT, and CAMPAIGN_STUCK when it cannot open.
 */
export async function queryProgress(
  { temporal }: Pick<Access, 'temporal'>,
  campaign: string,
  patienceMs = firstAnswerMs,
): Promise<CampaignProgress> {
  const handle = temporal.workflow.getHandle(campaignWorkflowId(campaign));
  for (const until = Date.now() + patienceMs; ; await delay(askAgainMs)) {
    try {
      return await temporal.withDeadline(Date.now() + answerWithinMs, () => handle.query(progressQuery));
    } catch (error) {
      if (!mayAnswerYet(error)) throw error;
      const [stuck] = error instanceof QueryNotRegisteredError ? await stuckActivities({ temporal }, campaign) : [];
      if (stuck) throw holdoutError('CAMPAIGN_STUCK', { campaign, stuck: stuckActivityLine(stuck) }, error);
      if (Date.now() >= until) throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: patienceMs / 1000 }, error);
    }
  }
}

/** It has not read its ledger yet, or no worker took the question in time. */
const mayAnswerYet = (error: unknown): boolean =>
  error instanceof QueryNotRegisteredError || isGrpcDeadlineError(error);
