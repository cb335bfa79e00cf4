import type { RandomStream } from '../random/random-stream.ts';

/** Things that took about the same time: how many ended, and how many of them were followed by another. */
export interface EndedAlike {
  seconds: number;
  ended: number;
  followed: number;
  /** How many were lost between those before and these, and might have ended at any time. */
  lost: number;
}

export interface Drawn {
  /** Of the given ends: after which of them it ends; their number when it takes longer than all. */
  place: number;
  seconds: number;
  followed: boolean;
}

/** What runs longer than all that ended goes on for so much of its age, in mean, as far as nothing is known. */
const growthUnknown = 0.3;
const mostGrowth = 0.5;
/** Share of the longest runs that tell how much longer still others may be. */
const longRuns = 0.2;
/** Middles of the quarters of an exponential distribution with mean 1. */
const quarters = [0.134, 0.47, 0.98, 2.08];
/** Nobody has seen the longest run: so many are taken to last longer than all that ended. */
const longerThanAll = 1;

/**
 * How long runs take, estimated from those that ended and the ages of those that go on (Kaplan and Meier), so that it does
 * not matter that short runs end first. Any unit of time.
 */
export class KaplanMeier {
  private readonly seconds: number[] = [];
  /** Share of the runs that take as long or less. */
  private readonly upTo: number[] = [];
  private readonly followedShare: number[] = [];
  private readonly given: number;
  private readonly growth: number;
  /** Of those that take longer than all that ended: what runs out of memory does so before what succeeds ends. */
  private readonly followedLater: number;
  mean = 0;
  meanOfSquares = 0;
  /** Share of the runs that are followed by another. */
  followed = 0;

  /** `ended` and `ages` in rising order. */
  constructor(ended: readonly EndedAlike[], ages: readonly number[]) {
    this.given = ended.length;
    const allEnded = ended.reduce((sum, alike) => sum + alike.ended, 0);
    let older = ended.reduce((sum, alike) => sum + alike.lost, allEnded);
    let younger = 0;
    let left = 1;
    for (const [place, alike] of ended.entries()) {
      while (younger < ages.length && (ages[younger] ?? 0) < alike.seconds) younger += 1;
      older -= alike.lost;
      const atRisk = older + ages.length - younger + (place === this.given - 1 ? longerThanAll : 0);
      const share = (left * alike.ended) / atRisk;
      left -= share;
      older -= alike.ended;
      this.add(alike.seconds, share, alike.followed / alike.ended);
    }
    this.growth = growthOf(this.seconds, this.upTo, allEnded);
    const last = ended.at(-1);
    this.followedLater = last ? last.followed / (last.ended + longerThanAll) : 0;
    const longest = Math.max(1e-3, last?.seconds ?? 0, ages.at(-1) ?? 0);
    for (const quarter of quarters) {
      this.add(longest * Math.exp(this.growth * quarter), left / quarters.length, this.followedLater);
    }
  }

  /** Draws for a run that goes on since `age`. */
  draw(random: RandomStream, age = 0): Drawn {
    const count = this.seconds.length;
    let place = 0;
    if (age > 0) while (place < count && (this.seconds[place] ?? 0) <= age) place += 1;
    if (place === count) {
      const seconds = age * (1 - this.growth * Math.log(1 - random.next()));
      return { place: this.given, seconds, followed: random.next() < this.followedLater };
    }
    const past = place === 0 ? 0 : (this.upTo[place - 1] ?? 0);
    const drawn = past + random.next() * (1 - past);
    while (place < count - 1 && (this.upTo[place] ?? 1) < drawn) place += 1;
    return {
      place: Math.min(place, this.given),
      seconds: this.seconds[place] ?? age,
      followed: random.next() < (this.followedShare[place] ?? 0),
    };
  }

  /** By the given ends: the shares of the runs; what takes longer than all counts with the last. */
  shares(): number[] {
    return Array.from({ length: this.given }, (_, place) => {
      const end = place === this.given - 1 ? 1 : (this.upTo[place] ?? 0);
      return end - (this.upTo[place - 1] ?? 0);
    });
  }

  private add(seconds: number, share: number, followedShare: number): void {
    this.seconds.push(seconds);
    this.upTo.push((this.upTo.at(-1) ?? 0) + share);
    this.followedShare.push(followedShare);
    this.mean += share * seconds;
    this.meanOfSquares += share * seconds * seconds;
    this.followed += share * followedShare;
  }
}

/** By how much long runs differ from one another: the mean logarithm beyond the shortest of them (Hill's estimator). */
function growthOf(seconds: readonly number[], upTo: readonly number[], ended: number): number {
  const from = upTo.findIndex((share) => share > (1 - longRuns) * (upTo.at(-1) ?? 0));
  const shortest = seconds[from] ?? 0;
  let share = 0;
  let growth = 0;
  for (let place = Math.max(0, from); place < seconds.length; place += 1) {
    const own = (upTo[place] ?? 0) - (upTo[place - 1] ?? 0);
    share += own;
    growth += own * Math.log((seconds[place] ?? 1) / Math.max(1e-9, shortest));
  }
  const known = longRuns * ended;
  return Math.min(mostGrowth, ((known * growth) / Math.max(1e-9, share) + growthUnknown) / (known + 1));
}
