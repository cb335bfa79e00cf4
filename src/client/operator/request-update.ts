import {
  isGrpcDeadlineError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { Attribution } from '../../campaign/operators/operator-commands.ts';
import { isSealed } from '../../codec/sealed-payload.ts';
import { HoldoutError, messageOf } from '../../errors.ts';
import { campaignWorkflowId } from '../../ids.ts';
import type { Access } from '../access.ts';
import { requireWorker } from '../status/require-worker.ts';
import { signed } from './send-command.ts';

/** In ms. A worker takes an update within a second, whatever the campaign waits for; a refusal comes with its reply. */
const patience = { accepted: 5_000, refused: 1_000 };

type TemporalAccess = Pick<Access, 'temporal' | 'keys'>;

/**
 * Sends an update to a running campaign, which puts it in force and on record when it can. Returns once its workflow has taken it, or
 * why it has not. Sends nothing in plain text to a campaign whose payloads are sealed.
 */
export async function requestUpdate<Message extends Attribution>(
  access: TemporalAccess,
  campaign: string,
  update: UpdateDefinition<void, [Message]>,
  message: Message,
): Promise<{ kind: 'taken' } | { kind: 'not-taken'; why: string }> {
  const { temporal } = access;
  const within = <Result>(milliseconds: number, call: () => Promise<Result>): Promise<Result> =>
    temporal.withDeadline(Date.now() + milliseconds, call);
  try {
    if (access.keys === undefined && (await isCampaignSealed(access, campaign)))
      return { kind: 'not-taken', why: 'HOLDOUT_CODEC_KEYS names no key file' };
    await requireWorker(access, campaign);
    const handle = temporal.workflow.getHandle(campaignWorkflowId(campaign));
    const taken = await within(patience.accepted, () =>
      handle.startUpdate(update, { args: [signed(message)], waitForStage: 'ACCEPTED' }),
    );
    const why = await within(patience.refused, () => refusalOf(taken));
    return why === undefined ? { kind: 'taken' } : { kind: 'not-taken', why };
  } catch (error) {
    return { kind: 'not-taken', why: isTimeout(error) ? 'its worker does not respond' : wordsOf(error) };
  }
}

/** A refused update counts as accepted by the client; only its result says that it was refused. */
async function refusalOf(taken: WorkflowUpdateHandle<void>): Promise<string | undefined> {
  try {
    await taken.result();
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return messageOf(error.cause ?? error);
    // It waits for its record.
    if (isTimeout(error)) return undefined;
    throw error;
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error);

const wordsOf = (error: unknown): string =>
  messageOf(error instanceof Error && !(error instanceof HoldoutError) ? (error.cause ?? error) : error);

/** By the first event of its workflow. */
async function isCampaignSealed({ temporal }: TemporalAccess, campaign: string): Promise<boolean> {
  const { history } = await temporal.workflowService.getWorkflowExecutionHistory({
    namespace: temporal.options.namespace,
    execution: { workflowId: campaignWorkflowId(campaign) },
    maximumPageSize: 1,
  });
  const [input] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return input != null && isSealed(input);
}
