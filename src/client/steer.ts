import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { OperatorLine, Signature } from '../campaign/operator-acts.ts';
import { messageOf, trouble } from '../errors.ts';
import { campaignWorkflowId } from '../ids.ts';
import type { Access } from './access.ts';
import { progressOfCampaign } from './watch.ts';

const patienceMs = 15_000;

/** Sends a signal with who and why, and waits until the campaign's log shows it. Throws REFUSED, CAMPAIGN_SILENT. */
export async function sendAct<Act extends Signature>(
  access: Access,
  campaign: string,
  signal: SignalDefinition<[Act]> | SignalDefinition<[Act?]>,
  act: Act,
): Promise<void> {
  const known = new Set((await progressOfCampaign(access, campaign)).operatorsLog.map(lineId));
  await access.temporal.workflow.getHandle(campaignWorkflowId(campaign)).signal(signal, signed(act));
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    const { operatorsLog } = await progressOfCampaign(access, campaign);
    const line = operatorsLog.find(
      (candidate) => !known.has(lineId(candidate)) && candidate.act.startsWith(signal.name),
    );
    if (line?.refused) throw trouble('REFUSED', { act: line.act, cause: line.refused });
    if (line) return;
    await delay(100);
  }
  throw trouble('CAMPAIGN_SILENT', { campaign });
}

/** Sends an update and answers once the campaign took it. Throws REFUSED. */
export async function sendUpdate<Act extends Signature>(
  access: Access,
  campaign: string,
  update: UpdateDefinition<void, [Act]>,
  act: Act,
): Promise<void> {
  await progressOfCampaign(access, campaign);
  try {
    await access.temporal.workflow
      .getHandle(campaignWorkflowId(campaign))
      .executeUpdate(update, { args: [signed(act)] as [Act] });
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw trouble('REFUSED', { act: update.name, cause: messageOf(error.cause) }, error);
  }
}

const signed = <Act extends Signature>(act: Act): Act => ({ by: userName(), ...act });

/** A container's uid need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

const lineId = ({ at, act, by }: OperatorLine): string => `${at} ${by} ${act}`;
