import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freezeCampaign } from '../../intake/freeze-campaign.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { shownError } from '../pseudonyms/names-of-campaign.ts';
import { blindCampaign } from '../pseudonyms/blind-campaign.ts';
import { sayTellingIds } from '../pseudonyms/say-telling-ids.ts';
import { campaignWorkflowId } from '../../ids.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import type { Stack } from '../../local/stack/open-stack.ts';
import type { Access } from '../access.ts';
import { appendRows } from './append-rows.ts';
import { exitOf, exitStatus } from '../exit-status.ts';
import { isOpen, campaignFromS3 } from './campaign-from-s3.ts';
import { screenColumns, type Output } from '../output.ts';
import { keepResultFiles } from '../status/result-files.ts';
import { campaignResults, resultsJson } from '../status/results.ts';
import { isCampaignRunning, startWorkflow } from './start-workflow.ts';
import { unpolledLines, unpolledQueues } from '../status/trouble/unpolled-queues.ts';
import { sealFor, sealKeysFolder } from '../sealing.ts';
import { makeRecordKey } from '../verification/record-key.ts';
import { watchCampaign } from '../watch/watch-campaign.ts';
import { resultObjects } from '../../object-keys.ts';

export interface RunCampaignOptions {
  detach?: true;
  json?: true;
  yes?: true;
}

/** Freezes and starts a campaign or continues it, follows it and reports, on any stack. Returns the exit status. */
export async function runCampaign(
  access: Access,
  checked: CheckedCampaign,
  options: RunCampaignOptions,
  output: Output,
  stack?: Stack,
): Promise<number> {
  const frozen = await handIn(access, checked, options, output);
  if (frozen === undefined) return exitStatus.failed;
  try {
    return await startAndReport(access, frozen, options, output, stack);
  } catch (error) {
    throw await shownError(access, checked.campaign, error);
  }
}

/**
 * Freezes the campaign, or adds the new rows of its file. Returns undefined if the operator declined. Its errors are about the
 * submissions file, and name its rows as they are there.
 */
async function handIn(
  access: Access,
  checked: CheckedCampaign,
  options: RunCampaignOptions,
  output: Output,
): Promise<FrozenCampaign | undefined> {
  const key = resultObjects.campaign(checked.campaign);
  if ((await access.store.size(access.buckets.results, key)) === undefined) sayTellingIds(checked, output);
  const { blind, codes } = blindCampaign(checked);
  const dependencies = {
    store: access.store,
    buckets: access.buckets,
    report: output.say,
    recordKey: (name: string) => makeRecordKey(homeFolder(), name),
    sealFor: (name: string) => sealFor(access.settings, name),
    ...(codes && { pseudonymCodes: codes }),
  };
  const { frozen, appended } = await freezeCampaign(dependencies, blind);
  if (appended.length > 0) {
    const added = await appendRows(access, frozen, appended, { yes: options.yes ?? false, output });
    if (!added) return undefined;
  }
  return frozen;
}

async function startAndReport(
  access: Access,
  frozen: FrozenCampaign,
  options: RunCampaignOptions,
  output: Output,
  stack?: Stack,
): Promise<number> {
  const { campaign } = frozen;
  const ended = await isCampaignDone(access, frozen);
  if (ended) output.say(`${campaign} has ended; this is its report`);
  else await startWorkflow(access, frozen);
  if (stack) sayLinks(stack, campaign, output);
  else {
    for (const line of unpolledLines(await unpolledQueues(access))) output.say(line);
    sayWhoOpens(access.settings, frozen, output);
  }
  if (options.detach) return exitStatus.done;
  const watched = ended ? ({ kind: 'ended' } as const) : await watchCampaign(access, campaign, output);
  const view = await campaignResults(access, campaign);
  const folder = await keepResultFiles(homeFolder(), view);
  if (options.json) output.result(resultsJson(view));
  else output.result(`\n${view.text(screenColumns())}\n`);
  output.say(`leaderboard.csv, results.json and report.txt are in ${folder}`);
  if (watched.kind === 'blocked') {
    for (const line of watched.why) output.say(`${campaign} is blocked: ${line}`);
    return exitStatus.needsDecision;
  }
  return exitOf(view.results);
}

/** Whether all work is done: results are published, every round has its record, and no workflow runs. */
export async function isCampaignDone(access: Access, { campaign }: FrozenCampaign): Promise<boolean> {
  if (await isCampaignRunning(access, campaign)) return false;
  const published = await access.store.size(access.buckets.results, resultObjects.results(campaign));
  return published !== undefined && !(await campaignFromS3(access, campaign)).submissions.some(isOpen);
}

/** Says which file a scorer elsewhere needs, if this command line made the key pair. */
function sayWhoOpens(settings: Access['settings'], { campaign, seal }: FrozenCampaign, output: Output): void {
  const file = join(sealKeysFolder(settings), `${campaign}.txt`);
  if (seal !== undefined && existsSync(file))
    output.say(`outputs and logs are sealed; the scorer needs ${file} (docs/verification/sealing.md)`);
}

function sayLinks({ endpoints, environment }: Stack, campaign: string, output: Output): void {
  const link = (path: string, query: Record<string, string> = {}): string => {
    const url = new URL(endpoints.uiLink);
    url.pathname = `/namespaces/${environment['TEMPORAL_NAMESPACE']}/workflows${path}`;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  };
  output.say(`Temporal Web UI, the campaign:    ${link(`/${encodeURIComponent(campaignWorkflowId(campaign))}`)}`);
  output.say(
    `Temporal Web UI, its submissions: ${link('', { query: `HoldoutCampaign="${campaign}" AND WorkflowType="submission"` })}`,
  );
}
