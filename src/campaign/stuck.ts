import type { CampaignState, OpenSubmission } from './campaign-state.ts';
import { noteImageFault } from './faults.ts';
import type { StuckReport } from './protocol.ts';

/** Steps of submissions that are tried again and again, as their campaign knows them. Pure. */

/** A step that cannot be done. */
export interface Stuck {
  /** The activity. */
  what: string;
  /** Equal for equal faults; at most 200 printable characters. */
  cause: string;
  /** 0: no worker took it. */
  tries: number;
  /** Instant (ms) of the first try. */
  since: number;
}

/** So many are listed with their cause and give their preparing place back. */
export const mostStuck = 50;

/** After so many tries in growing pauses (a day) an image is given up, unless the campaign is held because of it. */
const mostImageTries = 50;

/** A submission says what it is stuck at. True: it shall give that up. */
export function takeStuck(state: CampaignState, { submission, sequence, stuck }: StuckReport): boolean {
  const open = state.open.get(submission);
  if (open === undefined || open.sequence !== sequence) return false;
  if (stuck === null) {
    delete open.stuck;
    return false;
  }
  const isNew = open.stuck?.what !== stuck.what;
  if (isNew && stuck.what === 'pullImage' && stuck.tries > 0) {
    noteImageFault(state.faults, { submission, cause: stuck.cause });
  }
  if (open.stuck || countStuck(state) < mostStuck) open.stuck = stuck;
  if (state.closing) return true;
  return stuck.what === 'pullImage' && stuck.tries >= mostImageTries && state.faults.images?.heldSince === undefined;
}

const countStuck = ({ open }: CampaignState): number => [...open.values()].filter(({ stuck }) => stuck).length;

/** It can neither be evaluated nor fail before its image is copied, and holds no preparing place meanwhile. */
export const waitsForImage = ({ preparing, stuck }: OpenSubmission): boolean =>
  preparing && stuck?.what === 'pullImage';

/** Submissions that are stuck; what is tried again at once is not known to be stuck any more. */
export const stuckSubmissions = ({ open }: CampaignState): string[] =>
  [...open].filter(([, one]) => one.stuck).map(([submission]) => submission);
