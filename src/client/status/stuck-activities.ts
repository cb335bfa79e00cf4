import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { faultCause } from '../../campaign/evaluation/fault-cause.ts';
import { instantText } from '../../campaign/model/units.ts';
import { campaignWorkflowId } from '../../ids.ts';
import type { Access } from '../access.ts';
import { failureWords } from './failure-words.ts';

/** An activity of the campaign itself that is retried again and again; the campaign does nothing else meanwhile. */
export interface StuckActivity {
  /** The activity's name. */
  what: string;
  cause: string;
  /** Failed attempts. */
  tries: number;
  /** Instant (ms) of the next attempt; null: it is running. */
  nextTry: number | null;
}

/** Fewer failures may come from a restart. */
const minFailures = 3;

/** The activities that a campaign's workflow is stuck at, by Temporal's description of it. */
export async function stuckActivities(
  { temporal }: Pick<Access, 'temporal'>,
  campaign: string,
): Promise<StuckActivity[]> {
  const { raw } = await temporal.workflow.getHandle(campaignWorkflowId(campaign)).describe();
  const stuck: StuckActivity[] = [];
  for (const { activityType, attempt, lastFailure, nextAttemptScheduleTime: next } of raw.pendingActivities ?? []) {
    const tries = (attempt ?? 1) - 1;
    if (tries < minFailures || !lastFailure) continue;
    const failure = await decodeOptionalFailureToOptionalError(temporal.options.loadedDataConverter, lastFailure);
    const nextTry = next ? 1000 * Number(next.seconds) : null;
    stuck.push({ what: activityType?.name ?? '', cause: faultCause(failureWords(failure)), tries, nextTry });
  }
  return stuck;
}

const stuckTexts: Record<string, string> = {
  takeStock: 'its records and running submissions cannot be read',
  openCampaign: 'its campaign file cannot be read',
  nextSubmissions: 'the next submissions cannot be read',
  takeRounds: 'added rounds cannot be read',
  findTeam: 'its teams cannot be read',
  recordActs: 'operator commands cannot be recorded',
  cancelQueued: 'queued submissions cannot be cancelled',
  endedAmong: 'unresponsive submissions cannot be checked',
  reconcile: 'lost submissions cannot be recorded',
  publishResults: 'its results cannot be published',
};

export function stuckActivityLine({ what, cause, tries, nextTry }: StuckActivity): string {
  const next = nextTry === null ? 'retrying now' : `next attempt at ${instantText(nextTry)}`;
  return `the campaign itself is stuck: ${stuckTexts[what] ?? what} (failed ${tries} times, ${next}): ${cause}`;
}
