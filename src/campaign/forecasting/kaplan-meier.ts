import type { RandomStream } from '../random/random-stream.ts';

/** Ended runs of about the same duration. */
export interface DurationGroup {
  /** Their mean duration. */
  seconds: number;
  ended: number;
  /** How many of them another run followed. */
  followed: number;
  /** Runs lost between the previous group and this one (censored observations). */
  lostBefore: number;
}

export interface DurationDraw {
  /** Index of the duration group in which the run ends; the number of groups if it outlasts them all. */
  groupIndex: number;
  seconds: number;
  followed: boolean;
}

/** A run older than every ended one lasts another 30 % of its age on average, as long as no data say otherwise. */
const priorTailGrowth = 0.3;
const maxTailGrowth = 0.5;
/** The longest 20 % of the runs determine how much longer the tail may be. */
const tailShare = 0.2;
/** Midpoints of the four quarters of an exponential distribution with mean 1. */
const exponentialQuarters = [0.134, 0.47, 0.98, 2.08];
/** The longest run is unknown: one run is assumed to outlast all ended ones. */
const outlastingRuns = 1;

/**
 * Kaplan-Meier estimate of run durations from ended runs and the ages of running ones. It is not biased by short runs
 * ending first. Works in any unit of time.
 */
export class KaplanMeier {
  private readonly seconds: number[] = [];
  /** Share of the runs that take at most as long as the group. */
  private readonly cumulative: number[] = [];
  private readonly followedShare: number[] = [];
  private readonly groupCount: number;
  private readonly tailGrowth: number;
  /** Share followed by another run beyond the last group; out-of-memory failures come before the longest successes. */
  private readonly followedInTail: number;
  mean = 0;
  meanSquare = 0;
  /** Share of all runs that another run follows. */
  followedOverall = 0;

  /** `groups` and `ages` in ascending order. */
  constructor(groups: readonly DurationGroup[], ages: readonly number[]) {
    this.groupCount = groups.length;
    const allEnded = groups.reduce((sum, group) => sum + group.ended, 0);
    let notYetEnded = groups.reduce((sum, group) => sum + group.lostBefore, allEnded);
    let younger = 0;
    let surviving = 1;
    for (const [index, group] of groups.entries()) {
      while (younger < ages.length && (ages[younger] ?? 0) < group.seconds) younger += 1;
      notYetEnded -= group.lostBefore;
      const atRisk = notYetEnded + ages.length - younger + (index === this.groupCount - 1 ? outlastingRuns : 0);
      const share = (surviving * group.ended) / atRisk;
      surviving -= share;
      notYetEnded -= group.ended;
      this.add(group.seconds, share, group.followed / group.ended);
    }
    this.tailGrowth = tailGrowthOf(this.seconds, this.cumulative, allEnded);
    const last = groups.at(-1);
    this.followedInTail = last ? last.followed / (last.ended + outlastingRuns) : 0;
    const longest = Math.max(1e-3, last?.seconds ?? 0, ages.at(-1) ?? 0);
    for (const quarter of exponentialQuarters) {
      const seconds = longest * Math.exp(this.tailGrowth * quarter);
      this.add(seconds, surviving / exponentialQuarters.length, this.followedInTail);
    }
  }

  /** Draws the duration of a run that has already lasted `age`. */
  draw(random: RandomStream, age = 0): DurationDraw {
    const count = this.seconds.length;
    let index = 0;
    if (age > 0) while (index < count && (this.seconds[index] ?? 0) <= age) index += 1;
    if (index === count) {
      const seconds = age * (1 - this.tailGrowth * Math.log(1 - random.next()));
      return { groupIndex: this.groupCount, seconds, followed: random.next() < this.followedInTail };
    }
    const past = index === 0 ? 0 : (this.cumulative[index - 1] ?? 0);
    const drawn = past + random.next() * (1 - past);
    while (index < count - 1 && (this.cumulative[index] ?? 1) < drawn) index += 1;
    return {
      groupIndex: Math.min(index, this.groupCount),
      seconds: this.seconds[index] ?? age,
      followed: random.next() < (this.followedShare[index] ?? 0),
    };
  }

  /** Share of the runs in each duration group; the last group includes the tail. */
  groupShares(): number[] {
    return Array.from({ length: this.groupCount }, (_, index) => {
      const upTo = index === this.groupCount - 1 ? 1 : (this.cumulative[index] ?? 0);
      return upTo - (this.cumulative[index - 1] ?? 0);
    });
  }

  private add(seconds: number, share: number, followedShare: number): void {
    this.seconds.push(seconds);
    this.cumulative.push((this.cumulative.at(-1) ?? 0) + share);
    this.followedShare.push(followedShare);
    this.mean += share * seconds;
    this.meanSquare += share * seconds * seconds;
    this.followedOverall += share * followedShare;
  }
}

/** Hill estimator of the tail: the mean logarithm of the long runs relative to the shortest of them. */
function tailGrowthOf(seconds: readonly number[], cumulative: readonly number[], ended: number): number {
  const from = cumulative.findIndex((share) => share > (1 - tailShare) * (cumulative.at(-1) ?? 0));
  const shortest = seconds[from] ?? 0;
  let share = 0;
  let growth = 0;
  for (let index = Math.max(0, from); index < seconds.length; index += 1) {
    const own = (cumulative[index] ?? 0) - (cumulative[index - 1] ?? 0);
    share += own;
    growth += own * Math.log((seconds[index] ?? 1) / Math.max(1e-9, shortest));
  }
  const observed = tailShare * ended;
  return Math.min(maxTailGrowth, ((observed * growth) / Math.max(1e-9, share) + priorTailGrowth) / (observed + 1));
}
