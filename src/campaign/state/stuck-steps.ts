import type { CampaignState, OpenSubmission } from './campaign-state.ts';
import { noteImageFault } from './platform-faults.ts';
import type { StuckReport, StuckStep } from '../model/messages.ts';
/** Steps of submissions that are tried again and again, as their campaign knows them. Pure. */

/** So many are listed with their cause and give their preparing place back. */
export const mostStuck = 50;

/** A submission says what it is stuck at. */
export function applyStuckReport(state: CampaignState, { submission, sequence, stuck }: StuckReport): void {
  const open = state.open.get(submission);
  if (open === undefined || open.sequence !== sequence) return;
  if (stuck === null) {
    delete open.stuck;
    return;
  }
  const isNew = open.stuck?.what !== stuck.what;
  if (isNew && stuck.what === 'pullImage' && stuck.tries > 0) {
    noteImageFault(state.faults, { submission, cause: stuck.cause });
  }
  if (open.stuck || countStuck(state) < mostStuck) open.stuck = stuck;
}

const countStuck = ({ open }: CampaignState): number => [...open.values()].filter(({ stuck }) => stuck).length;

/** It can neither be evaluated nor fail before its image is copied, and holds no preparing place meanwhile. */
export const waitsForImage = ({ preparing, stuck }: OpenSubmission): boolean =>
  preparing && stuck?.what === 'pullImage';

/** After so many tries in growing pauses (a day) an image is given up, unless the campaign is held because of it. */
const mostImageTries = 50;

/** A campaign that closes waits so long for a Batch that does not say how a job goes on, in ms. */
const longestSilence = 3_600_000;

/** Without them no submission can end. */
const neverGivenUp: readonly string[] = ['openSubmission', 'recordResult'];

/** Submissions that shall give up what they are stuck at, with the cause; they count as stuck no more. `now` in ms. */
export function takeGivenUp(state: CampaignState, now: number): [submission: string, stuck: StuckStep][] {
  return takeStuckIf(state, ({ what, tries, since }) => {
    if (neverGivenUp.includes(what)) return false;
    if (state.closing) return what !== 'awaitBatchJob' || now - since >= longestSilence;
    return what === 'pullImage' && tries >= mostImageTries && state.faults.images?.heldSince === undefined;
  });
}

/** All that is stuck and shall be tried again at once: it counts as stuck no more. */
export const takeStuckSubmissions = (state: CampaignState): string[] =>
  takeStuckIf(state, ({ what }) => what !== 'awaitBatchJob').map(([submission]) => submission);

function takeStuckIf({ open }: CampaignState, isMeant: (stuck: StuckStep) => boolean): [string, StuckStep][] {
  const taken: [string, StuckStep][] = [];
  for (const [submission, one] of open) {
    if (one.stuck === undefined || !isMeant(one.stuck)) continue;
    taken.push([submission, one.stuck]);
    delete one.stuck;
  }
  return taken;
}
