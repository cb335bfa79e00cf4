import { randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import type { Attribution } from '../../campaign/operators/operator-commands.ts';
import { messageOf, holdoutError } from '../../errors.ts';
import { campaignWorkflowId } from '../../ids.ts';
import type { ChainedCommand } from '../../ledger/command-log.ts';
import type { Access } from '../access.ts';
import { userName } from '../user-name.ts';
import { pollCampaign, requireRunning } from '../status/query-progress.ts';
import { requireWorker } from '../status/require-worker.ts';
import { campaignStart } from './start-workflow.ts';
import { resultObjects } from '../../object-keys.ts';

const signalTimeoutMs = 15_000;
/** The workflow may have to read the whole ledger first. */
const updateTimeoutMs = 180_000;

/** Sends a signal in the operator's name and waits until it is recorded. Throws REFUSED, CAMPAIGN_ENDED, CAMPAIGN_SILENT. */
export async function sendCommand<Message extends Attribution>(
  access: Access,
  campaign: string,
  signal: SignalDefinition<[Message]> | SignalDefinition<[Message?]>,
  message: Message,
): Promise<void> {
  await requireRunning(access, campaign, commandOf(signal));
  const find = await recordFinder(access, campaign);
  const sent = signed(message);
  await access.temporal.workflow.getHandle(campaignWorkflowId(campaign)).signal(signal, sent);
  const requireRecord = async (): Promise<void> => {
    const line = await find(sent.id);
    if (line === undefined) throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: signalTimeoutMs / 1000 });
    if (line.refused === undefined) return;
    throw holdoutError('REFUSED', { campaign, command: commandOf(signal), cause: line.refused });
  };
  await pollCampaign(requireRecord, signalTimeoutMs, 100);
}

/**
 * Sends an update to a running campaign; returns once it is recorded. Throws REFUSED, CAMPAIGN_ENDED, CAMPAIGN_SILENT, and
 * UNAUTHENTICATED if something else than Holdout's worker replied.
 */
export async function sendUpdate<Message extends Attribution>(
  access: Access,
  campaign: string,
  update: UpdateDefinition<void, [Message]>,
  message: Message,
): Promise<void> {
  await requireRunning(access, campaign, commandOf(update));
  const handle = access.temporal.workflow.getHandle(campaignWorkflowId(campaign));
  await executed(access, campaign, update, message, (args) => handle.executeUpdate(update, { args }));
}

/** Like {@link sendUpdate}, but starts a campaign again that has ended or whose workflow was lost. */
export async function sendUpdateWithStart<Message extends Attribution>(
  access: Access,
  frozen: FrozenCampaign,
  update: UpdateDefinition<void, [Message]>,
  message: Message,
): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation('campaign', {
    ...campaignStart(frozen, access.keys !== undefined),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await executed(access, frozen.campaign, update, message, (args) =>
    access.temporal.workflow.executeUpdateWithStart(update, { args, startWorkflowOperation }),
  );
}

async function executed<Message extends Attribution>(
  access: Access,
  campaign: string,
  update: { name: string },
  message: Message,
  send: (args: [Message]) => Promise<void>,
): Promise<void> {
  await requireWorker(access, campaign);
  const find = await recordFinder(access, campaign);
  const sent = signed(message);
  try {
    await access.temporal.withDeadline(Date.now() + updateTimeoutMs, () => send([sent]));
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw holdoutError('REFUSED', { campaign, command: commandOf(update), cause: messageOf(error.cause) }, error);
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: updateTimeoutMs / 1000 }, error);
    }
    throw error;
  }
  // Any program can complete an update in a worker's place, but not write the record.
  if ((await find(sent.id)) === undefined)
    throw holdoutError('UNAUTHENTICATED', { what: `The reply to ${update.name}`, why: 'the command is not on record' });
}

/** Finds the record of a command that is sent from now on, by its id; undefined if there is none yet. */
async function recordFinder(
  access: Access,
  campaign: string,
): Promise<(id: string) => Promise<ChainedCommand | undefined>> {
  const { store, buckets } = access;
  let next = (await commandsRecorded(access, campaign)) + 1;
  return async (id) => {
    for (; ; next += 1) {
      const line = await store.findJson<ChainedCommand>(buckets.results, resultObjects.act(campaign, next));
      if (line === undefined || line.id === id) return line;
    }
  };
}

/** The command that sends a message: `set-slots` sends setSlots, `pause` pauseTeam. */
const commandOf = ({ name }: { name: string }): string =>
  name.replace(/(?:Team|Campaign)$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Recorded commands are numbered without gaps, each written before the next. */
async function commandsRecorded({ store, buckets }: Access, campaign: string): Promise<number> {
  let last = 0;
  for await (const key of store.list(buckets.results, resultObjects.actsFolder(campaign))) {
    last = Math.max(last, Number(/(\d+)\.json$/.exec(key)?.[1] ?? 0));
  }
  return last;
}

/** The message in the operator's name, with an id by which its record is found. */
export const signed = <Message extends Attribution>(message: Message): Message & { id: string } => ({
  by: userName(),
  ...message,
  id: randomUUID(),
});
