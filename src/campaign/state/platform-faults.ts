import type { CampaignState } from './campaign-state.ts';
import { isKill } from '../evaluation/fault-cause.ts';
import type { RunSettlement } from '../model/messages.ts';
import { responsibleParty } from '../model/reasons.ts';
import type { FaultStreak, Faults } from './fault-streaks.ts';

/**
 * The platform's faults, counted where they come one after the other. When the same fault ends the last three runs of a
 * class, the class is held: no run is granted there until an operator resumes it. Then one run at a time goes there, until
 * one ends without a platform's fault. Pure.
 */

/** So many equal faults in a row are no chance. */
export const equalFaults = 3;
type RunFault = Pick<RunSettlement, 'submission' | 'class' | 'reason' | 'cause'>;

/** What an end says about its class: that it works, that it has a fault, or nothing. */
function saidBy({ reason, cause }: RunFault): 'works' | 'fault' | 'nothing' {
  if (reason === 'platform-error') return cause === undefined ? 'nothing' : 'fault';
  return reason === undefined || responsibleParty(reason) === 'team' ? 'works' : 'nothing';
}

/** A run has ended; `grantedAt` in ms. What was granted before a class was resumed says nothing of it now. */
export function noteRunEnd(state: CampaignState, run: RunFault, grantedAt: number | undefined): void {
  const { faults } = state;
  const said = saidBy(run);
  const known = faults.byClass[run.class];
  if (said === 'nothing' || known?.heldSince !== undefined) return;
  if (known?.trialSince !== undefined && grantedAt !== undefined && grantedAt < known.trialSince) return;
  if (said === 'works') {
    delete faults.byClass[run.class];
    faults.all = null;
    return;
  }
  const fault = { submission: run.submission, cause: run.cause ?? '', newestGrant: newestGrant(state, grantedAt) };
  if (!isSameBlow(known, fault, grantedAt)) faults.byClass[run.class] = grown(known, fault);
  if (isSameBlow(faults.all, fault, grantedAt)) return;
  const classes = faults.all?.cause === fault.cause ? faults.all.classes : [];
  faults.all = { ...grown(faults.all, fault), classes: [...new Set([...classes, run.class])] };
}

const newestGrant = ({ open }: CampaignState, grantedAt = 0): number =>
  [...open.values()].reduce((newest, { grant }) => Math.max(newest, grant?.since ?? 0), grantedAt);

/** A machine that goes down takes all its runs with it; of kills only those count that hit a run granted after the last one. */
const isSameBlow = (
  known: FaultStreak | null | undefined,
  { cause }: Pick<FaultStreak, 'cause'>,
  grantedAt: number | undefined,
): boolean =>
  known?.cause === cause &&
  isKill(cause) &&
  grantedAt !== undefined &&
  known.newestGrant !== undefined &&
  grantedAt <= known.newestGrant;

/** An image could not be copied, for the first time since its submission was last known to go on. */
export function noteImageFault(faults: Faults, fault: { submission: string; cause: string }): void {
  if (faults.images?.heldSince === undefined) faults.images = grown(faults.images, fault);
}

/** An image was copied: that works again, be it held or not. */
export function noteImageCopied(faults: Faults): void {
  faults.images = null;
}

function grown(
  known: FaultStreak | null | undefined,
  { submission, cause, newestGrant }: Pick<FaultStreak, 'cause' | 'newestGrant'> & { submission: string },
): FaultStreak {
  const kept = {
    ...(known?.trialSince !== undefined && { trialSince: known.trialSince }),
    ...(newestGrant !== undefined && { newestGrant }),
  };
  if (known?.cause !== cause) return { cause, count: 1, only: submission, ...kept };
  return { cause, count: known.count + 1, only: known.only === submission ? submission : null, ...kept };
}

/** Holds what has seen too many equal faults; runs that ended so are not counted against their submissions. */
export function blockFaulty(state: CampaignState, now: number): void {
  const { faults } = state;
  const { all } = faults;
  if (all && all.classes.length > 1 && isTooMany(state, all)) {
    const { cause, count, only } = all;
    for (const name of Object.keys(state.slots)) {
      if (!isClassBlocked(state, name)) faults.byClass[name] = { cause, count, only, heldSince: now };
    }
    faults.all = null;
  }
  for (const streak of [...Object.values(faults.byClass), faults.images]) {
    if (streak && streak.heldSince === undefined && isTooMany(state, streak)) {
      streak.heldSince = now;
      delete streak.trialSince;
    }
  }
  for (const { request } of state.open.values()) {
    if (request?.usedUp && isBlockedFor(faults, request.usedUp)) delete request.usedUp;
  }
}

/** One submission may bring its fault along: then another has to meet it too, if there is another. */
const isTooMany = (state: CampaignState, { count, only }: FaultStreak): boolean =>
  count >= equalFaults && (only === null || isAlone(state, only));

const isAlone = (state: CampaignState, submission: string): boolean =>
  [...state.open.keys()].every((open) => open === submission) &&
  state.rounds.every((rounds, team) => (state.started[team] ?? 0) >= rounds);

/** A run on this class that ended for this cause is one of those for which the class is, or lately was, held. */
export function isBlockedFor(faults: Faults, { class: onClass, cause }: { class: string; cause: string }): boolean {
  const streak = faults.byClass[onClass];
  return streak?.cause === cause && (streak.heldSince !== undefined || streak.trialSince !== undefined);
}

export const isClassBlocked = ({ faults }: Pick<CampaignState, 'faults'>, onClass: string): boolean =>
  faults.byClass[onClass]?.heldSince !== undefined;

/** How many runs a class that is tried again may have under way beside those granted before; undefined: any number. */
export function trialPlaces(state: CampaignState, onClass: string): number | undefined {
  const since = state.faults.byClass[onClass]?.trialSince;
  if (since === undefined) return undefined;
  const isTrial = [...state.open.values()].some(({ grant }) => grant?.class === onClass && grant.since >= since);
  return isTrial ? 0 : 1;
}

/** An operator wants a class, or everything, tried again: the next equal fault holds it once more. */
export function retryAfterFault({ faults }: CampaignState, onClass: string | undefined, now: number): void {
  for (const [name, streak] of Object.entries(faults.byClass)) {
    if (streak.heldSince === undefined || (onClass !== undefined && name !== onClass)) continue;
    faults.byClass[name] = onTrial(streak, now);
  }
  if (onClass !== undefined) return;
  faults.all = null;
  if (faults.images?.heldSince !== undefined) faults.images = onTrial(faults.images, now);
}

const onTrial = ({ cause }: FaultStreak, now: number): FaultStreak => ({
  cause,
  count: equalFaults - 1,
  only: null,
  trialSince: now,
});

/** What a submission that has used up its runs for the platform's faults may hope for. */
export type UsedUpFate = 'waits' | 'ends';

/**
 * Its fault may still turn out to be everybody's while it is the last that its class saw and others may meet it too. Else
 * the submission ends.
 */
export function decideUsedUp(state: CampaignState, usedUp: { class: string; cause: string }): UsedUpFate {
  if (state.faults.byClass[usedUp.class]?.cause !== usedUp.cause) return 'ends';
  for (const { request, grant, preparing } of state.open.values()) {
    if (request?.usedUp === undefined && (request || grant || preparing)) return 'waits';
  }
  return state.rounds.some((rounds, team) => (state.started[team] ?? 0) < rounds) ? 'waits' : 'ends';
}
