import { byName } from './by-name.ts';
import type { HeldGrant } from './campaign-state.ts';
import type { Purpose } from './frozen-campaign.ts';

/** What ended runs teach about the rest: sums that a forecast needs, whose size does not follow the number of runs. Pure. */
export interface Pace {
  /** Instant (ms) of the first grant; null before it. */
  since: number | null;
  byClass: Record<string, ClassPace>;
}

export interface ClassPace {
  evaluations: Ends;
  probes: Ends;
  /** First evaluations that asked for this class before all others. */
  wanted: number;
  /** Evaluations that followed one on this class, by the class they asked for first. */
  followers: { class: string; count: number }[];
  /** Runs whose slot is free again, and for how many seconds they held it: billed or not. */
  held: { runs: number; seconds: number };
  /** Of runs that ended since the last decision: how many, and the sum of the instants (ms) of their grants. */
  freed: { runs: number; since: number };
}

/** Ended runs by duration, see {@link durationBin}. */
export type Ends = Record<number, [ended: number, billedSeconds: number, followed: number]>;

export const noPace = (): Pace => ({ since: null, byClass: byName() });

/** What is known of a class, to be added to. */
export const paceOn = (pace: Pace, onClass: string): ClassPace =>
  (pace.byClass[onClass] ??= {
    evaluations: {},
    probes: {},
    wanted: 0,
    followers: [],
    held: { runs: 0, seconds: 0 },
    freed: { runs: 0, since: 0 },
  });

/** Four bins for every doubling; what takes less than a second counts as one. */
const durationBin = (seconds: number): number => Math.floor(4 * Math.log2(Math.max(1, seconds)));

/** Adds a run that ended; `next`: the class that the run after it asked for first, if there was one. */
export function addRun(
  pace: Pace,
  run: { purpose: Purpose; class: string; billedSeconds: number },
  next: string | undefined,
): void {
  const on = paceOn(pace, run.class);
  const ends = run.purpose === 'probe' ? on.probes : on.evaluations;
  const bin = (ends[durationBin(run.billedSeconds)] ??= [0, 0, 0]);
  bin[0] += 1;
  bin[1] += run.billedSeconds;
  if (next === undefined) return;
  bin[2] += 1;
  if (run.purpose === 'evaluation') addFollower(on, next);
}

function addFollower({ followers }: ClassPace, next: string): void {
  const known = followers.find((follower) => follower.class === next);
  if (known) known.count += 1;
  else followers.push({ class: next, count: 1 });
}

/** A slot is free again since a moment ago; the next {@link countHeld} knows the time. */
export function addFreed(pace: Pace, grant: HeldGrant): void {
  const { freed } = paceOn(pace, grant.class);
  freed.runs += 1;
  freed.since += grant.since;
}

/** Counts for how long the slots that are free since a moment ago were held. `now` in ms. */
export function countHeld(pace: Pace, now: number): void {
  for (const { held, freed } of Object.values(pace.byClass)) {
    held.runs += freed.runs;
    held.seconds += (freed.runs * now - freed.since) / 1000;
    freed.runs = 0;
    freed.since = 0;
  }
}
