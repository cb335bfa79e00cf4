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
  const { store, buckets } = access;
  await requireRunning(access, campaign, commandOf(signal));
  let next = (await commandsRecorded(access, campaign)) + 1;
  const id = randomUUID();
  await access.temporal.workflow.getHandle(campaignWorkflowId(campaign)).signal(signal, { ...signed(message), id });
  const findRecord = async (): Promise<void> => {
    for (; ; next += 1) {
      const line = await store.findJson<ChainedCommand>(buckets.results, resultObjects.act(campaign, next));
      if (line === undefined) throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: signalTimeoutMs / 1000 });
      if (line.id !== id) continue;
      if (line.refused === undefined) return;
      throw holdoutError('REFUSED', { campaign, command: commandOf(signal), cause: line.refused });
    }
  };
  await pollCampaign(findRecord, signalTimeoutMs, 100);
}

/** Sends an update to a running campaign; returns once it is recorded. Throws REFUSED, CAMPAIGN_ENDED, CAMPAIGN_SILENT. */
export async function sendUpdate<Message extends Attribution>(
  access: Access,
  campaign: string,
  update: UpdateDefinition<void, [Message]>,
  message: Message,
): Promise<void> {
  await requireRunning(access, campaign, commandOf(update));
  const handle = access.temporal.workflow.getHandle(campaignWorkflowId(campaign));
  await executed(access, campaign, update, () =>
    handle.executeUpdate(update, { args: [signed(message)] as [Message] }),
  );
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
  await executed(access, frozen.campaign, update, () =>
    access.temporal.workflow.executeUpdateWithStart(update, {
      args: [signed(message)] as [Message],
      startWorkflowOperation,
    }),
  );
}

async function executed(
  { temporal }: Access,
  campaign: string,
  update: { name: string },
  send: () => Promise<void>,
): Promise<void> {
  await requireWorker({ temporal }, campaign);
  try {
    await temporal.withDeadline(Date.now() + updateTimeoutMs, send);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) {
      throw holdoutError('REFUSED', { campaign, command: commandOf(update), cause: messageOf(error.cause) }, error);
    }
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      throw holdoutError('CAMPAIGN_SILENT', { campaign, seconds: updateTimeoutMs / 1000 }, error);
    }
    throw error;
  }
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

const signed = <Message extends Attribution>(message: Message): Message => ({ by: userName(), ...message });
