import type { CampaignState, OpenSubmission, Writable } from './campaign-state.ts';
import { noteImageFault } from './platform-faults.ts';
import type { StuckReport, StuckStep } from '../model/messages.ts';

/** Steps of submissions that are retried again and again, as their campaign knows them. */

type State = Writable<CampaignState>;

/** At most this many stuck submissions are listed with their cause and give back their preparing place. */
export const mostStuck = 50;

/** A submission reports the step that it is stuck at, or that it continues. */
export function applyStuckReport(state: State, { submission, sequence, stuck }: StuckReport): void {
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

const countStuck = ({ open }: State): number => [...open.values()].filter(({ stuck }) => stuck).length;

/** The submission is stuck copying its image: it needs no preparing place meanwhile. */
export const waitsForImage = ({ preparing, stuck }: OpenSubmission): boolean =>
  preparing && stuck?.what === 'pullImage';

/** After this many attempts with growing pauses (a day) an image is given up, unless images block the campaign. */
const mostImageAttempts = 50;

/** A closing campaign waits this long (ms) for a Batch that does not report a job's status. */
const longestSilence = 3_600_000;

/** No submission can end without these activities. */
const neverGivenUp: readonly string[] = ['openSubmission', 'recordResult'];

/** Returns the submissions that must give up their stuck step, which counts as stuck no longer. `now` in ms. */
export function takeGivenUp(state: State, now: number): [submission: string, stuck: StuckStep][] {
  return takeStuckIf(state, ({ what, tries, since }) => {
    if (neverGivenUp.includes(what)) return false;
    if (state.closing) return what !== 'awaitBatchJob' || now - since >= longestSilence;
    return what === 'pullImage' && tries >= mostImageAttempts && state.faults.images?.heldSince === undefined;
  });
}

/** Returns the submissions whose stuck step can be retried at once; it counts as stuck no longer. */
export const takeStuckSubmissions = (state: State): string[] =>
  takeStuckIf(state, ({ what }) => what !== 'awaitBatchJob').map(([submission]) => submission);

function takeStuckIf({ open }: State, isMeant: (stuck: StuckStep) => boolean): [string, StuckStep][] {
  const taken: [string, StuckStep][] = [];
  for (const [submission, one] of open) {
    if (one.stuck === undefined || !isMeant(one.stuck)) continue;
    taken.push([submission, one.stuck]);
    delete one.stuck;
  }
  return taken;
}
