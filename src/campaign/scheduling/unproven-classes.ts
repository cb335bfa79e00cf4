import type { CampaignState } from '../state/campaign-state.ts';

/** A class on trial after a platform fault has one run at a time, beside those granted before the trial. */
export function trialPlaces({ faults, open }: CampaignState, name: string): number {
  const since = faults.byClass[name]?.trialSince;
  if (since === undefined) return Infinity;
  return [...open.values()].some(({ grant }) => grant?.class === name && grant.since >= since) ? 0 : 1;
}

/** A set-up that is wrong shows within this time, in ms: a longer run has a machine that works. */
const provingMs = 30 * 60_000;

/**
 * On a class on which no run has worked yet, the runs under way and the faults together are at most `most`: a wrong set-up
 * then costs no more jobs than it takes to block the class. One run is always possible.
 */
export function unprovenPlaces({ faults, open }: CampaignState, name: string, now: number, most: number): number {
  const inRow = faults.faultsOfUnproven(name);
  if (inRow === undefined || most === Infinity) return Infinity;
  const young = [...open.values()].filter(({ grant }) => grant?.class === name && now - grant.since < provingMs).length;
  return Math.max(young === 0 ? 1 : 0, most - inRow - young);
}
