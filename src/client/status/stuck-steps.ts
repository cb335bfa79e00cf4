import { faultCause } from '../../campaign/evaluation/fault-cause.ts';
import { instantText } from '../../campaign/model/units.ts';
import { campaignWorkflowId } from '../../ids.ts';
import type { Access } from '../access.ts';

/** An activity of the campaign itself that is tried again and again; nothing else of the campaign goes on meanwhile. */
export interface StuckActivity {
  /** The activity. */
  what: string;
  cause: string;
  /** Those that failed. */
  tries: number;
  /** Instant (ms) of the next try; null: one is under way. */
  nextTry: number | null;
}

/** Fewer failed tries may be a restart of something. */
const fewTries = 3;

/** What a campaign's own workflow is stuck at, as Temporal tells; empty while it goes on. */
export async function stuckActivities(
  { temporal }: Pick<Access, 'temporal'>,
  campaign: string,
): Promise<StuckActivity[]> {
  const { raw } = await temporal.workflow.getHandle(campaignWorkflowId(campaign)).describe();
  return (raw.pendingActivities ?? []).flatMap(
    ({ activityType, attempt, lastFailure, nextAttemptScheduleTime: next }) => {
      const tries = (attempt ?? 1) - 1;
      if (tries < fewTries || !lastFailure) return [];
      const nextTry = next ? 1000 * Number(next.seconds) : null;
      return [{ what: activityType?.name ?? '', cause: causeOf(lastFailure), tries, nextTry }];
    },
  );
}

/** Of Temporal's API. */
interface Failure {
  message?: string | null;
  cause?: Failure | null;
  applicationFailureInfo?: { type?: string | null } | null;
}

/** The words of a failure and of what lies deepest below it. */
function causeOf(failure: Failure): string {
  const top = wordsOf(failure);
  let deepest = failure;
  while (deepest.cause) deepest = deepest.cause;
  const below = deepest.message ?? '';
  return faultCause(top.includes(below) ? top : `${top}: ${below}`);
}

function wordsOf({ message, applicationFailureInfo }: Failure): string {
  const type = applicationFailureInfo?.type ?? '';
  return type === '' || type === 'Error' ? (message ?? '') : `${type}: ${message ?? ''}`;
}

const meanings: Record<string, string> = {
  takeStock: 'what is done and what runs cannot be read',
  openCampaign: 'its rules cannot be read',
  nextSubmissions: 'the next submissions cannot be read',
  takeRounds: 'added rounds cannot be read',
  findTeam: 'its teams cannot be read',
  recordActs: 'acts of operators cannot be recorded',
  cancelQueued: 'what has not begun cannot be cancelled',
  endedAmong: 'silent submissions cannot be looked after',
  reconcile: 'lost submissions cannot be recorded',
  publishResults: 'its results cannot be published',
};

/** One line on a step that the campaign is stuck at. */
export function stuckActivityLine({ what, cause, tries, nextTry }: StuckActivity): string {
  const next = nextTry === null ? 'the next is under way' : `the next at ${instantText(nextTry)}`;
  return `the campaign itself is stuck: ${meanings[what] ?? what} (${tries} tries failed, ${next}): ${cause}`;
}
