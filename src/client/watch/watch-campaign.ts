import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import type { BlockedReason } from '../../campaign/scheduling/blocked-reason.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import { HoldoutError, holdoutError } from '../../errors.ts';
import { campaignWorkflowId } from '../../ids.ts';
import type { Access } from '../access.ts';
import { namesWhile, type NamesNow } from '../pseudonyms/names-of-campaign.ts';
import type { Output } from '../output.ts';
import { blockedLines } from '../status/blocked-text.ts';
import { failureWords } from '../status/trouble/failure-words.ts';
import { OutageNotice } from './outage-notice.ts';
import { ProgressLines } from './counts-and-forecast.ts';
import { queryProgress } from '../status/query-progress.ts';
import { StageChanges } from './stage-changes.ts';
import { stuckActivities, type StuckActivity } from '../status/trouble/stuck-activities.ts';

const pollMs = 1_000;

/** `why`: every cause of the block with the command that removes it, one line each. */
type WatchEnd = { kind: 'ended' } | { kind: 'blocked'; hold: BlockedReason; why: string[] };

/**
 * Prints what happens in a campaign until it ends or is blocked: a line for every submission that changes its stage, the
 * counts when they change, what is stuck, the forecast now and then. Continues through restarts of the worker or the server.
 */
export async function watchCampaign(access: Access, campaign: string, output: Output): Promise<WatchEnd> {
  // A pending wait for the result that outlives its connection would end the process.
  const left = new AbortController();
  try {
    return await watchUntil(left.signal, access, campaign, output);
  } finally {
    left.abort();
  }
}

async function watchUntil(left: AbortSignal, access: Access, campaign: string, output: Output): Promise<WatchEnd> {
  const result = { ended: false };
  const end = access.temporal
    .withAbortSignal(left, () => workflowEnd(access, campaign))
    .then(() => (result.ended = true));
  // Handled by the race below, which a campaign that is blocked at the first look never reaches.
  end.catch(() => undefined);
  const handedIn = await access.frozen.campaign(campaign).then(
    ({ manifest }) => manifest.submissions,
    () => 0,
  );
  const lines = new ProgressLines(output.say, handedIn);
  const names = namesWhile(access, campaign);
  const stages = new StageChanges(access, campaign, output.say, names);
  const outage = new OutageNotice(Date.now());
  for (;;) {
    const seen = await look(access, campaign, stages, names);
    if (seen instanceof Error) {
      const notice = outage.unanswered(Date.now(), rootMessage(seen));
      if (notice !== undefined) output.say(notice);
    } else {
      const { progress, stuck } = seen;
      outage.answered(Date.now());
      lines.say(progress, stuck, Date.now());
      if (progress.hold) return { kind: 'blocked', hold: progress.hold, why: blockedLines(progress) };
    }
    await Promise.race([end, delay(pollMs)]);
    if (result.ended) {
      await stages.sayLast();
      return { kind: 'ended' };
    }
  }
}

async function workflowEnd({ temporal }: Access, campaign: string): Promise<void> {
  try {
    await temporal.workflow.getHandle(campaignWorkflowId(campaign)).result();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw holdoutError('CAMPAIGN_UNKNOWN', { campaign }, error);
    if (error instanceof WorkflowFailedError)
      throw holdoutError('CAMPAIGN_FAILED', { campaign, cause: failureWords(error.cause) }, error);
    throw error;
  }
}

/** The campaign's progress, or why there is none: a worker or the server may be restarting. */
async function look(
  access: Access,
  campaign: string,
  stages: StageChanges,
  namesNow: NamesNow,
): Promise<{ progress: CampaignProgress; stuck: StuckActivity[] } | Error> {
  try {
    const real = await queryProgress(access, campaign, 0);
    const names = await namesNow(real.submissions);
    const progress = shown(real, names);
    await stages.say(progress.submissions);
    return { progress, stuck: shown(await stuckActivities(access, campaign), names) };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The message of the root cause, unless an error of the catalogue says it better. */
function rootMessage(error: Error): string {
  if (error instanceof HoldoutError && error.code === 'CAMPAIGN_STUCK') return error.message;
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message;
}
