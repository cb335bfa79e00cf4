import { byName } from '../model/by-name.ts';
import type { Purpose } from '../model/frozen-campaign.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import type { HeldGrant } from '../model/messages.ts';

/** What ended runs teach about the rest: sums that a forecast needs, whose size does not follow the number of runs. Pure. */
export interface RunStatistics {
  /** Instant (ms) of the first grant; null before it. */
  since: number | null;
  byClass: Record<string, ClassStatistics>;
}

export interface ClassStatistics {
  /** First evaluations that asked for this class before all others, by the duration of their probes. */
  firsts: ByDuration<FirstsAlike>;
  /** Ended evaluations by the thousandths that they took of what their probes let expect. */
  measured: ByDuration<EndsAlike>;
  /** Ended evaluations of which no probe let expect anything, by seconds. */
  unmeasured: ByDuration<EndsAlike>;
  /** Ended evaluations by what was known of the device memory they need. */
  tries: { measured: DeviceTries; unknown: DeviceTries };
  /** Evaluations that followed one on this class, by the class they asked for first. */
  followers: { class: string; count: number }[];
  probes: number;
  /** Billed seconds of all runs, and how many of these were lost by the platform's fault. */
  ran: { seconds: number; lost: number };
  /** Runs whose slot is free again, for how many seconds they held it and how many of these were billed. */
  held: { runs: number; seconds: number; billed: number };
  /** Of runs that ended since the last decision: how many, and the sum of the instants (ms) of their grants. */
  freed: { runs: number; since: number };
}

/** What took about the same time together, see {@link durationBin}. */
type ByDuration<Alike> = Record<number, Alike>;
/** `measured` of them are expected to take so many seconds together. */
export type FirstsAlike = [count: number, probeSeconds: number, measured: number, expectedSeconds: number];
/** `followed`: how many of them were followed by another run; `lost`: others, which the platform or an operator ended then. */
export type EndsAlike = [count: number, sum: number, followed: number, lost: number];

/** `failedShares`: of what was expected of them, those that ran out of device memory took so many times all. */
export interface DeviceTries {
  ended: number;
  outOfMemory: number;
  failedShares: number;
}

const noTries = (): DeviceTries => ({ ended: 0, outOfMemory: 0, failedShares: 0 });

export const noStatistics = (): RunStatistics => ({ since: null, byClass: byName() });

/** Nothing is known of the class. */
export const noClassStatistics = (): ClassStatistics => ({
  firsts: {},
  measured: {},
  unmeasured: {},
  tries: { measured: noTries(), unknown: noTries() },
  followers: [],
  probes: 0,
  ran: { seconds: 0, lost: 0 },
  held: { runs: 0, seconds: 0, billed: 0 },
  freed: { runs: 0, since: 0 },
});

const paceOn = (pace: RunStatistics, onClass: string): ClassStatistics =>
  (pace.byClass[onClass] ??= noClassStatistics());

/** Four bins for every doubling; what is less than one counts as one. */
const durationBin = (duration: number): number => Math.floor(4 * Math.log2(Math.max(1, duration)));

/** A submission asks for its first evaluation. */
export function addFirst(
  pace: RunStatistics,
  first: { class: string; probeSeconds: number; expectedSeconds: number | undefined },
): void {
  const { probeSeconds, expectedSeconds } = first;
  const { firsts } = paceOn(pace, first.class);
  const alike = (firsts[durationBin(probeSeconds)] ??= [0, 0, 0, 0]);
  alike[0] += 1;
  alike[1] += probeSeconds;
  if (expectedSeconds === undefined) return;
  alike[2] += 1;
  alike[3] += expectedSeconds;
}

export interface EndOfRun {
  class: string;
  purpose: Purpose;
  billedSeconds: number;
  expectedSeconds?: number | undefined;
  needMeasured?: boolean | undefined;
  reason?: Reason | null | undefined;
}

/** A run has ended; `next`: the class that the one after it asks for first, if there is one. */
export function addEnd(pace: RunStatistics, run: EndOfRun, next: string | undefined): void {
  const { purpose, billedSeconds, expectedSeconds, reason } = run;
  if (reason === 'unplaceable') return;
  const on = paceOn(pace, run.class);
  const fault = reason ? responsibleParty(reason) : undefined;
  on.ran.seconds += billedSeconds;
  if (fault === 'platform') on.ran.lost += 1;
  if (purpose === 'probe') {
    on.probes += 1;
    return;
  }
  const [ends, duration] =
    expectedSeconds === undefined
      ? [on.unmeasured, billedSeconds]
      : [on.measured, (1000 * billedSeconds) / expectedSeconds];
  const alike = (ends[durationBin(duration)] ??= [0, 0, 0, 0]);
  if (fault === 'platform' || fault === 'operator') {
    alike[3] += 1;
    return;
  }
  addTry(on, run);
  alike[0] += 1;
  alike[1] += duration;
  if (next === undefined) return;
  alike[2] += 1;
  const follower = on.followers.find((known) => known.class === next);
  if (follower) follower.count += 1;
  else on.followers.push({ class: next, count: 1 });
}

/** Of a try that failed and of which nothing was expected, all its time counts. */
function addTry({ tries }: ClassStatistics, { billedSeconds, expectedSeconds, needMeasured, reason }: EndOfRun): void {
  const alike = tries[needMeasured ? 'measured' : 'unknown'];
  alike.ended += 1;
  if (reason !== 'gpu-out-of-memory') return;
  alike.outOfMemory += 1;
  alike.failedShares += expectedSeconds === undefined ? 1 : Math.min(1, billedSeconds / expectedSeconds);
}

/** A slot is free again since a moment ago; the next {@link countHeld} knows the time. */
export function addFreed(pace: RunStatistics, grant: HeldGrant, billedSeconds: number): void {
  const { held, freed } = paceOn(pace, grant.class);
  freed.runs += 1;
  freed.since += grant.since;
  held.billed += billedSeconds;
}

/** Counts for how long the slots that are free since a moment ago were held. `now` in ms. */
export function countHeld(pace: RunStatistics, now: number): void {
  for (const { held, freed } of Object.values(pace.byClass)) {
    held.runs += freed.runs;
    held.seconds += (freed.runs * now - freed.since) / 1000;
    freed.runs = 0;
    freed.since = 0;
  }
}
