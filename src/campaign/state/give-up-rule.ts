import type { CampaignState } from './campaign-state.ts';
import type { StuckStep } from '../model/messages.ts';
import { stepsOfRuns } from '../model/placement-step.ts';

/** Steps of submissions that are retried again and again, as their campaign knows them. */

/** After this many attempts with growing pauses (a day) an image is given up, unless images block the campaign. */
const mostImageAttempts = 50;

/** A closing campaign waits this long (ms) for a Batch that does not report a job's status. */
const longestSilence = 3_600_000;

/** No submission can end without these activities. */
const neverGivenUp: readonly string[] = ['openSubmission', 'recordResult'];

/** Returns the submissions that must give up their stuck step, which counts as stuck no longer. `now` in ms. */
export function takeGivenUp(state: CampaignState, now: number): [submission: string, stuck: StuckStep][] {
  return state.takeStuck(({ what, tries, since }) => {
    if (neverGivenUp.includes(what)) return false;
    if (state.closing) return what !== 'awaitBatchJob' || now - since >= longestSilence;
    return what === 'pullImage' && tries >= mostImageAttempts && !state.faults.areImagesBlocked();
  });
}

/** Returns the submissions whose stuck step can be retried at once; it counts as stuck no longer. */
export const takeStuckSubmissions = (state: CampaignState): string[] =>
  state.takeStuck(({ what }) => !stepsOfRuns.includes(what)).map(([submission]) => submission);
