import type { Payload } from '@temporalio/common';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/codec-helpers.js';
import { faultCause } from '../../../campaign/evaluation/fault-cause.ts';
import { instantText } from '../../../campaign/model/units.ts';
import { stuckAfterFailures } from '../../../campaign/state/stuck-limit.ts';
import { campaignWorkflowId } from '../../../ids.ts';
import { unauthenticatedBecause, unauthenticatedText } from '../../../unauthenticated.ts';
import type { Access } from '../../access.ts';
import { arrowTo, nextStepAfter } from './next-step.ts';
import { stuckCampaignTexts } from './stuck-texts.ts';

/** An activity of the campaign itself that is retried again and again; the campaign does nothing else meanwhile. */
export interface StuckActivity {
  /** The activity's name. */
  what: string;
  cause: string;
  /** What to do; absent if it is not known. */
  next?: string;
  /** Failed attempts. */
  tries: number;
  /** Instant (ms) of the next attempt; null: it is running. */
  nextTry: number | null;
}

/** The activities that a campaign's workflow is stuck at, by Temporal's description of it. */
export async function stuckActivities(
  { temporal }: Pick<Access, 'temporal'>,
  campaign: string,
): Promise<StuckActivity[]> {
  const workflowId = campaignWorkflowId(campaign);
  const { raw } = await temporal.workflow.getHandle(workflowId).describe();
  const stuck: StuckActivity[] = [];
  for (const {
    activityType,
    activityId,
    attempt,
    lastFailure,
    nextAttemptScheduleTime: next,
  } of raw.pendingActivities ?? []) {
    const tries = (attempt ?? 1) - 1;
    if (tries < stuckAfterFailures || !lastFailure) continue;
    const nextTry = next ? 1000 * Number(next.seconds) : null;
    const failure = await opened(temporal, { workflowId, activityId: activityId ?? '' }, lastFailure);
    const cause = causeOf(failure);
    const step = failure.next ?? nextStepAfter(cause);
    stuck.push({ what: activityType?.name ?? '', cause, ...(step !== undefined && { next: step }), tries, nextTry });
  }
  return stuck;
}

/** Of Temporal's API. */
interface Failure {
  message?: string | null;
  cause?: Failure | null;
  applicationFailureInfo?: { type?: string | null; details?: { payloads?: Payload[] | null } | null } | null;
  /** The activity's own next step, see {@link opened}. */
  next?: string;
  /** The sealed message. */
  encodedAttributes?: Payload | null;
}

/** The failure with its message opened; the messages of the server itself are plain. */
async function opened(
  client: Access['temporal'],
  step: { workflowId: string; activityId: string },
  failure: Failure,
): Promise<Failure> {
  const cause = failure.cause && (await opened(client, step, failure.cause));
  const { loadedDataConverter, namespace } = client.options;
  const context = { type: 'activity', namespace, isLocal: false, ...step } as const;
  // An activity's own words are in its details, see activities/activity-failure.ts.
  const details = failure.applicationFailureInfo?.details?.payloads ?? [];
  const [words, next] = await Promise.all(
    details.map((detail) => decodeOptionalSinglePayload<unknown>(loadedDataConverter, detail, context)),
  );
  if (typeof words === 'string') {
    return { ...failure, message: words, ...(typeof next === 'string' && { next }), ...(cause && { cause }) };
  }
  if (!failure.encodedAttributes) return { ...failure, ...(cause && { cause }) };
  const attributes = await decodeOptionalSinglePayload<{ message?: string }>(
    loadedDataConverter,
    failure.encodedAttributes,
    context,
  );
  const reason = unauthenticatedBecause(attributes);
  const message =
    reason === undefined ? attributes?.message : `a failure that is not authenticated: ${unauthenticatedText[reason]}`;
  return { ...failure, message: message ?? '', ...(cause && { cause }) };
}

/** The message of a failure and of its root cause. */
function causeOf(failure: Failure): string {
  const top = messageText(failure);
  let root = failure;
  while (root.cause) root = root.cause;
  const below = root.message ?? '';
  return faultCause(top.includes(below) ? top : `${top}: ${below}`);
}

function messageText({ message, applicationFailureInfo }: Failure): string {
  const type = applicationFailureInfo?.type ?? '';
  return type === '' || type === 'Error' ? (message ?? '') : `${type}: ${message ?? ''}`;
}

export function stuckActivityLine({ what, cause, next, tries, nextTry }: StuckActivity): string {
  const attempt = nextTry === null ? 'retrying now' : `next attempt at ${instantText(nextTry)}`;
  return `the campaign itself is stuck: ${stuckCampaignTexts[what] ?? what} (failed ${tries} times, ${attempt}): ${cause}${arrowTo(next)}`;
}
