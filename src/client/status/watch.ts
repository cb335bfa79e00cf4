import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Forecast } from '../../campaign/forecasting/forecast.ts';
import type { BlockedReason } from '../../campaign/scheduling/blocked-reason.ts';
import { dollars } from '../../campaign/model/money.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { instantText } from '../../campaign/model/units.ts';
import { HoldoutError, messageOf, holdoutError } from '../../errors.ts';
import { campaignWorkflowId } from '../../ids.ts';
import { searchAttributes } from '../../workflows/search-attributes.ts';
import type { Access } from '../access.ts';
import { queryProgress } from './query-progress.ts';
import { blockedLines, stuckLine } from './blocked-text.ts';
import type { Output } from '../output.ts';
import { OutageNotice } from './outage-notice.ts';
import { stuckActivityLine, stuckActivities, type StuckActivity } from './stuck-steps.ts';
import { currentStageOf, stageText } from './running-submissions.ts';

/** Larger campaigns are followed by their counts alone. */
const mostFollowedOneByOne = 60;

const lookEveryMs = 1_000;

/** The forecast is said so often at most. */
const forecastEveryMs = 300_000;

/** `why`: every cause of the hold with the command that ends it, a line each. */
export type WatchEnd = { kind: 'ended' } | { kind: 'holds'; hold: BlockedReason; why: string[] };

/**
 * Says what happens in a campaign until it ends or holds: a line for every submission that changes its stage, a line of
 * counts when they change, what is stuck once, the forecast now and then. Restarts of the worker or the server are waited out.
 */
export async function watchCampaign(access: Access, campaign: string, output: Output): Promise<WatchEnd> {
  // A wait for the result that outlives its connection would end the process when it is tried again.
  const left = new AbortController();
  try {
    return await watchUntil(left.signal, access, campaign, output);
  } finally {
    left.abort();
  }
}

async function watchUntil(left: AbortSignal, access: Access, campaign: string, output: Output): Promise<WatchEnd> {
  const handle = access.temporal.workflow.getHandle(campaignWorkflowId(campaign));
  let ended = false;
  const end = access.temporal
    .withAbortSignal(left, () => handle.result())
    .then(
      () => (ended = true),
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) throw holdoutError('CAMPAIGN_UNKNOWN', { campaign }, error);
        if (error instanceof WorkflowFailedError)
          throw holdoutError('CAMPAIGN_FAILED', { campaign, cause: messageOf(error.cause) }, error);
        throw error;
      },
    );
  // Handled by the race below, which a campaign that holds at the first look never reaches.
  end.catch(() => undefined);
  const seen = new Map<string, string>();
  const stuck = new Set<string>();
  let counts = '';
  let forecast = '';
  let forecastDue = 0;
  const silence = new OutageNotice(Date.now());
  for (;;) {
    const seenNow = await look(access, campaign, seen);
    if (seenNow instanceof Error) {
      const said = silence.unheard(Date.now(), lastCauseOf(seenNow));
      if (said !== undefined) output.say(said);
    } else {
      const { progress, changes, steps } = seenNow;
      silence.heard(Date.now());
      for (const change of changes) output.say(change);
      const line = countsLine(progress);
      if (line !== counts) output.say(line);
      counts = line;
      const lines = [
        ...steps.map((step) => [step.what, stuckActivityLine(step)] as const),
        ...progress.stuck.map((one) => [`of ${one.submission}`, `stuck: ${stuckLine(one)}`] as const),
      ];
      for (const [name, line] of lines) {
        if (!stuck.has(name)) output.say(`  ${line}`);
        stuck.add(name);
      }
      if (progress.forecast && Date.now() >= forecastDue) {
        const said = forecast;
        forecast = forecastLine(progress.forecast);
        forecastDue = Date.now() + forecastEveryMs;
        if (forecast !== said) output.say(forecast);
      }
      if (progress.hold) return { kind: 'holds', hold: progress.hold, why: blockedLines(progress) };
    }
    await Promise.race([end, delay(lookEveryMs)]);
    if (ended) {
      if (seen.size > 0) for (const change of await stageChanges(access, campaign, seen)) output.say(change);
      return { kind: 'ended' };
    }
  }
}

/** `3 running, 2 waiting, 5 finished; $0.12 of $20.00 spent`. */
export function countsLine({ counts, money }: CampaignProgress): string {
  const parts = Object.entries(counts).flatMap(([stage, count]) => (count > 0 ? [`${count} ${stage}`] : []));
  return `  ${parts.join(', ')}; spent ${dollars(money.spent)} of ${dollars(money.budget)}`;
}

const forecastLine = ({ finish, spend }: Forecast): string =>
  `  forecast: done ${instantText(finish.p50)}, in 9 of 10 cases by ${instantText(finish.p90)}; ` +
  `${dollars(spend.p50)}, in 9 of 10 cases at most ${dollars(spend.p90)}`;

async function stageChanges(access: Access, campaign: string, seen: Map<string, string>): Promise<string[]> {
  const changes: string[] = [];
  const query = `HoldoutCampaign = "${campaign}" AND WorkflowType = "submission"`;
  const newest = new Set<string>();
  for await (const { workflowId, typedSearchAttributes } of access.temporal.workflow.list({ query })) {
    // Newest first; an older execution of the same id has nothing to say.
    if (newest.has(workflowId)) continue;
    newest.add(workflowId);
    const stage = currentStageOf(typedSearchAttributes.get(searchAttributes.stage));
    const onClass = typedSearchAttributes.get(searchAttributes.class) ?? null;
    const outcome = typedSearchAttributes.get(searchAttributes.outcome);
    const text = `${stageText({ stage, class: onClass })}${outcome && outcome !== stage ? ` (${outcome})` : ''}`;
    if (seen.get(workflowId) === text) continue;
    seen.set(workflowId, text);
    changes.push(`  ${workflowId.split(':').at(-1)?.padEnd(24)} ${text}`);
  }
  return changes;
}

/** What lies below all that was made of it, where no error of the catalogue says it better. */
function lastCauseOf(error: Error): string {
  if (error instanceof HoldoutError && error.code === 'CAMPAIGN_STUCK') return error.message;
  return error.cause instanceof Error ? lastCauseOf(error.cause) : error.message;
}

/** How a campaign stands and what changed since the last look, or why nobody knows: a worker or the server may restart. */
async function look(
  access: Access,
  campaign: string,
  seen: Map<string, string>,
): Promise<{ progress: CampaignProgress; changes: string[]; steps: StuckActivity[] } | Error> {
  try {
    const progress = await queryProgress(access, campaign, 0);
    const isSmall = progress.submissions <= mostFollowedOneByOne;
    const changes = isSmall ? await stageChanges(access, campaign, seen) : [];
    return { progress, changes, steps: await stuckActivities(access, campaign) };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
