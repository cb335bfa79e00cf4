import { setTimeout as delay } from 'node:timers/promises';
import { QueryNotRegisteredError } from '@temporalio/client';
import type { CampaignProgress } from '../campaign/progress.ts';
import { trouble } from '../errors.ts';
import { campaignWorkflowId } from '../ids.ts';
import { progressQuery } from '../workflows/messages.ts';
import type { Access } from './access.ts';
import { frozenCampaign, isOpen, knownCampaign, type KnownCampaign } from './known-campaign.ts';
import { isRunning } from './start-workflow.ts';

/** A campaign that was just started answers only once it has read its ledger. */
const firstAnswerMs = 120_000;

/** `stopped`: rounds are open, but no workflow goes on with them. */
export type CampaignNow =
  { kind: 'running'; progress: CampaignProgress } | { kind: 'ended' | 'stopped'; known: KnownCampaign };

/** How a campaign stands: what its workflow says, else what S3 says. Throws CAMPAIGN_UNKNOWN, CAMPAIGN_SILENT. */
export async function campaignNow(access: Access, campaign: string): Promise<CampaignNow> {
  await frozenCampaign(access, campaign);
  if (await isRunning(access, campaign)) {
    return { kind: 'running', progress: await progressOfCampaign(access, campaign) };
  }
  const known = await knownCampaign(access, campaign);
  return { kind: known.submissions.some(isOpen) ? 'stopped' : 'ended', known };
}

/** For what only a campaign that runs can do. Throws CAMPAIGN_UNKNOWN, CAMPAIGN_ENDED. */
export async function mustRun(access: Access, campaign: string, act: string): Promise<void> {
  await frozenCampaign(access, campaign);
  if (!(await isRunning(access, campaign))) throw trouble('CAMPAIGN_ENDED', { campaign, act });
}

/** Asks a campaign's workflow how it stands. Throws CAMPAIGN_SILENT. */
export async function progressOfCampaign({ temporal }: Access, campaign: string): Promise<CampaignProgress> {
  const handle = temporal.workflow.getHandle(campaignWorkflowId(campaign));
  for (const until = Date.now() + firstAnswerMs; ; await delay(100)) {
    try {
      return await handle.query(progressQuery);
    } catch (error) {
      if (!(error instanceof QueryNotRegisteredError)) throw error;
      if (Date.now() > until) throw trouble('CAMPAIGN_SILENT', { campaign, seconds: firstAnswerMs / 1000 }, error);
    }
  }
}
