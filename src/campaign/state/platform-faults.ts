import type { CampaignState, Writable, Faults, FaultStreak } from './campaign-state.ts';
import { isKill } from '../evaluation/fault-cause.ts';
import type { RunSettlement } from '../model/messages.ts';
import { responsibleParty } from '../model/reasons.ts';

/**
 * Consecutive platform faults. When the same fault ends the last three runs of a class, the class is blocked: no run is
 * granted there until an operator resumes it. Then it is on trial, with one run at a time, until one ends without a
 * platform fault.
 */

type State = Writable<CampaignState>;

/** This many equal faults in a row are no coincidence. */
const equalFaults = 3;
type RunFault = Pick<RunSettlement, 'submission' | 'class' | 'reason' | 'cause'>;

/** Evidence from the end of a run about its class. */
function verdictOnClass({ reason, cause }: RunFault): 'works' | 'fault' | 'nothing' {
  if (reason === 'platform-error') return cause === undefined ? 'nothing' : 'fault';
  return reason === undefined || responsibleParty(reason) === 'team' ? 'works' : 'nothing';
}

/** A run has ended; `grantedAt` in ms. Runs granted before a class was resumed say nothing about it now. */
export function noteRunEnd(state: State, run: RunFault, grantedAt: number | undefined): void {
  const { faults } = state;
  const verdict = verdictOnClass(run);
  const known = faults.byClass[run.class];
  if (verdict === 'nothing' || known?.heldSince !== undefined) return;
  if (known?.trialSince !== undefined && grantedAt !== undefined && grantedAt < known.trialSince) return;
  if (verdict === 'works') {
    delete faults.byClass[run.class];
    faults.all = null;
    return;
  }
  const fault = { submission: run.submission, cause: run.cause ?? '', newestGrant: newestGrant(state, grantedAt) };
  if (!isSameKill(known, fault, grantedAt)) faults.byClass[run.class] = grown(known, fault);
  if (isSameKill(faults.all, fault, grantedAt)) return;
  const classes = faults.all?.cause === fault.cause ? faults.all.classes : [];
  faults.all = { ...grown(faults.all, fault), classes: [...new Set([...classes, run.class])] };
}

const newestGrant = ({ open }: CampaignState, grantedAt = 0): number =>
  [...open.values()].reduce((newest, { grant }) => Math.max(newest, grant?.since ?? 0), grantedAt);

/** A machine that goes down kills all its runs at once: a kill only counts if its run was granted after the last kill. */
const isSameKill = (
  known: FaultStreak | null | undefined,
  { cause }: Pick<FaultStreak, 'cause'>,
  grantedAt: number | undefined,
): boolean =>
  known?.cause === cause &&
  isKill(cause) &&
  grantedAt !== undefined &&
  known.newestGrant !== undefined &&
  grantedAt <= known.newestGrant;

/** An image could not be copied, for the first time since its submission last made progress. */
export function noteImageFault(faults: Writable<Faults>, fault: { submission: string; cause: string }): void {
  if (faults.images?.heldSince === undefined) faults.images = grown(faults.images, fault);
}

/** An image was copied, so images block nothing any more. */
export function noteImageCopied(faults: Writable<Faults>): void {
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

/** Blocks classes and images with too many equal faults; they do not use up the attempts of their submissions. */
export function blockFaulty(state: State, now: number): void {
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

/** A single submission may cause the fault itself: another one must meet it too, if there is another. */
const isTooMany = (state: CampaignState, { count, only }: FaultStreak): boolean =>
  count >= equalFaults && (only === null || isAlone(state, only));

const isAlone = (state: CampaignState, submission: string): boolean =>
  [...state.open.keys()].every((open) => open === submission) && !hasRoundsToStart(state);

const hasRoundsToStart = ({ rounds, started }: CampaignState): boolean =>
  rounds.some((count, team) => (started[team] ?? 0) < count);

/** Whether the class of a run is blocked, or on trial, because of the fault that ended the run. */
export function isBlockedFor(faults: Faults, run: { class: string; cause: string }): boolean {
  const streak = faults.byClass[run.class];
  return streak?.cause === run.cause && (streak.heldSince !== undefined || streak.trialSince !== undefined);
}

export const isClassBlocked = ({ faults }: Pick<CampaignState, 'faults'>, name: string): boolean =>
  faults.byClass[name]?.heldSince !== undefined;

/** How many more runs a class on trial may have, beside those granted before the trial; undefined: any number. */
export function trialPlaces(state: CampaignState, name: string): number | undefined {
  const since = state.faults.byClass[name]?.trialSince;
  if (since === undefined) return undefined;
  const hasTrialRun = [...state.open.values()].some(({ grant }) => grant?.class === name && grant.since >= since);
  return hasTrialRun ? 0 : 1;
}

/** An operator resumes a class, or everything: the next equal fault blocks it again. */
export function retryAfterFault({ faults }: State, name: string | undefined, now: number): void {
  for (const [blocked, streak] of Object.entries(faults.byClass)) {
    if (streak.heldSince === undefined || (name !== undefined && blocked !== name)) continue;
    faults.byClass[blocked] = onTrial(streak, now);
  }
  if (name !== undefined) return;
  faults.all = null;
  if (faults.images?.heldSince !== undefined) faults.images = onTrial(faults.images, now);
}

const onTrial = ({ cause }: FaultStreak, now: number): FaultStreak => ({
  cause,
  count: equalFaults - 1,
  only: null,
  trialSince: now,
});

/**
 * Decides whether a submission that has used up its `platformRuns` waits or ends. It waits while its fault is the last
 * one of its class and other submissions may still have it, which would block the class.
 */
export function decideUsedUp(state: CampaignState, usedUp: { class: string; cause: string }): 'waits' | 'ends' {
  if (state.faults.byClass[usedUp.class]?.cause !== usedUp.cause) return 'ends';
  for (const { request, grant, preparing } of state.open.values()) {
    if (request?.usedUp === undefined && (request || grant || preparing)) return 'waits';
  }
  return hasRoundsToStart(state) ? 'waits' : 'ends';
}
