import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import type { Attribution } from '../../campaign/operators/operator-commands.ts';
import { messageOf, holdoutError } from '../../errors.ts';
import { campaignWorkflowId, resultObjects } from '../../ids.ts';
import type { ChainedCommand } from '../../ledger/command-log.ts';
import type { Access } from '../access.ts';
import { requireRunning } from '../status/query-progress.ts';
import { campaignStart } from './start-workflow.ts';

const signalPatienceMs = 15_000;
/** An update may have to read the whole ledger first. */
const updatePatienceMs = 180_000;

/** Sends a signal with who and why, and waits until it is on record. Throws REFUSED, CAMPAIGN_ENDED, CAMPAIGN_SILENT. */
export async function sendCommand<Act extends Attribution>(
  access: Access,
  campaign: string,
  signal: SignalDefinition<[Act]> | SignalDefinition<[Act?]>,
  act: Act,
): Promise<void> {
  await requireRunning(access, campaign, commandOf(signal));
  let next = (await actsRecorded(access, campaign)) + 1;
  const id = randomUUID();
  await access.temporal.workflow.getHandle(campaignWorkflowId(campaign)).signal(signal, { ...signed(act), id });
  for (const until = Date.now() + signalPatienceMs; Date.now() < until;) {
    const line = await recordedAct(access, campaign, next);
    if (line === undefined) await delay(100);
    else if (line.id !== id) next += 1;
    else if (line.refused === undefined) return;
    else throw holdoutError('REFUSED', { campaign, command: commandOf(signal), cause: line.refused });
  }
  throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: signalPatienceMs / 1000 });
}

/** Sends an update to a campaign that runs and answers once it is on record. Throws REFUSED, CAMPAIGN_ENDED. */
export async function sendUpdate<Act extends Attribution>(
  access: Access,
  campaign: string,
  update: UpdateDefinition<void, [Act]>,
  act: Act,
): Promise<void> {
  await requireRunning(access, campaign, commandOf(update));
  const handle = access.temporal.workflow.getHandle(campaignWorkflowId(campaign));
  await answered(access, campaign, update, () => handle.executeUpdate(update, { args: [signed(act)] as [Act] }));
}

/** Like {@link sendUpdate}; a campaign that has ended, or whose workflow was lost, starts again with it. */
export async function sendUpdateWithStart<Act extends Attribution>(
  access: Access,
  frozen: FrozenCampaign,
  update: UpdateDefinition<void, [Act]>,
  act: Act,
): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation('campaign', {
    ...campaignStart(frozen),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await answered(access, frozen.campaign, update, () =>
    access.temporal.workflow.executeUpdateWithStart(update, {
      args: [signed(act)] as [Act],
      startWorkflowOperation,
    }),
  );
}

async function answered(
  { temporal }: Access,
  campaign: string,
  update: { name: string },
  send: () => Promise<void>,
): Promise<void> {
  try {
    await temporal.withDeadline(Date.now() + updatePatienceMs, send);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw holdoutError('REFUSED', { campaign, command: commandOf(update), cause: messageOf(error.cause) }, error);
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: updatePatienceMs / 1000 }, error);
    }
    throw error;
  }
}

/** The command that sends a message: `set-slots` sends setSlots, `pause` pauseTeam. */
const commandOf = ({ name }: { name: string }): string =>
  name.replace(/(?:Team|Campaign)$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Acts have numbers without gaps, each written before the next. */
async function actsRecorded({ store, buckets }: Access, campaign: string): Promise<number> {
  let acts = 0;
  for await (const key of store.list(buckets.results, resultObjects.actsFolder(campaign))) {
    acts = Math.max(acts, Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0));
  }
  return acts;
}

const recordedAct = (
  { store, buckets }: Access,
  campaign: string,
  sequence: number,
): Promise<ChainedCommand | undefined> =>
  store.findJson<ChainedCommand>(buckets.results, resultObjects.act(campaign, sequence));

const signed = <Act extends Attribution>(act: Act): Act => ({ by: userName(), ...act });

/** A container's uid need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
