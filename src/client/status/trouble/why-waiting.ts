import type { SubmissionState } from '../../../campaign/model/reasons.ts';
import type { Names } from '../../../campaign/pseudonyms/names.ts';
import { shown } from '../../../campaign/pseudonyms/shown.ts';
import type { Access } from '../../access.ts';
import { blockedLines } from '../blocked-text.ts';
import { offSpotText } from '../off-spot-text.ts';
import { queryProgress } from '../query-progress.ts';
import { stuckLine } from './stuck-texts.ts';

/** A submission of a campaign, by its real names. */
export interface SubmissionId {
  campaign: string;
  submission: string;
  team: string;
}

/**
 * Why a submission waits, or why it runs on demand: the first reason that applies; null if none is known. Only the campaign
 * knows; it is asked once, without retries.
 */
export async function waitsBecause(
  access: Access,
  { campaign, ...id }: SubmissionId,
  stage: SubmissionState,
  names: Names,
): Promise<string | null> {
  try {
    const progress = shown(await queryProgress(access, campaign, 0), names);
    const { pausedTeams } = progress;
    const { submission, team } = shown(id, names);
    const stuck = progress.stuck.find((one) => one.submission === submission);
    if (stuck) return `stuck: ${stuckLine(stuck)}`;
    const offSpot = progress.offSpot?.find((one) => one.submission === submission);
    if (offSpot) return offSpotText(offSpot);
    if (stage !== 'waiting') return null;
    if (pausedTeams.includes(team)) return `its team is paused: npm run holdout -- resume ${campaign} --team ${team}`;
    const blocked = blockedLines(progress);
    return blocked.length === 0 ? null : `the campaign is blocked: ${blocked.join('; ')}`;
  } catch {
    return null;
  }
}
