import type { RandomStream } from '../random/random-stream.ts';
import { KaplanMeier, type Drawn, type EndedAlike } from './kaplan-meier.ts';
import { pick } from './pick.ts';
import type { AwaitedRun, ExpectedEnd, RemainingWork, RunningRun } from './remaining-work.ts';

/**
 * A way the campaign could be in truth, given what has ended: drawn as if what has ended had been drawn again (Bayesian
 * bootstrap). The more has ended, the less two of them differ.
 */
export class ParameterSample {
  /** By class: evaluations in shares of what was expected, and those of which nothing was known in seconds. */
  readonly measured: KaplanMeier[];
  readonly unmeasured: KaplanMeier[];
  /** First evaluations by the duration of their probes. */
  readonly firsts: KaplanMeier;
  /** Share of the submissions that come to an evaluation. */
  readonly evaluated: number;
  /** By class: shares of the classes of the run that follows one there. */
  readonly followers: number[][];
  /** By class: runs that the platform loses, in a second of running. */
  readonly losses: number[];

  constructor(
    private readonly rest: RemainingWork,
    private readonly random: RandomStream,
  ) {
    const { classes, running, firsts } = rest;
    const ages = (chosen: (run: RunningRun) => boolean): number[] =>
      running
        .filter(chosen)
        .map(({ on, age, expected = 1 }) => Math.max(0, age - (classes[on]?.unbilled ?? 0)) / expected)
        .sort((a, b) => a - b);
    const again = (ended: readonly EndedAlike[]): EndedAlike[] => ended.map((alike) => drawnAgain(alike, random));
    this.measured = classes.map(
      ({ measured }, on) =>
        new KaplanMeier(
          again(measured),
          ages((run) => run.on === on && run.expected !== undefined),
        ),
    );
    this.unmeasured = classes.map(
      ({ unmeasured }, on) =>
        new KaplanMeier(
          again(unmeasured.length > 0 ? unmeasured : asOthers(rest, on)),
          ages((run) => run.on === on && !run.probe && run.expected === undefined),
        ),
    );
    this.firsts = new KaplanMeier(
      again(firsts.map(({ count, probeSeconds }) => ({ seconds: probeSeconds, ended: count, followed: 0, lost: 0 }))),
      ages(({ probe }) => probe),
    );
    this.evaluated = sharesOf([rest.evaluated.yes, rest.evaluated.no], random)[0] ?? 1;
    this.losses = lossRates(rest).map((rate) => drawnAround(rate, random));
    this.followers = classes.map(({ followers }) => sharesOf(followers, random));
  }

  /** Draws how a run ends that goes on since `age`; what the platform loses comes again. */
  end(run: AwaitedRun, age: number): ExpectedEnd {
    const drawn = (run.drawn ?? 0) + 1;
    const end = run.again ?? (run.probe ? this.endOfProbe(run, age) : this.endOfEvaluation(run, age));
    const rate = this.losses[run.on] ?? 0;
    const lostAfter = rate > 0 ? age - Math.log(1 - this.random.next()) / rate : Infinity;
    const isLost = lostAfter < end.seconds;
    const next = isLost ? { ...run, again: end } : end.next;
    return {
      seconds: isLost ? lostAfter : end.seconds,
      next: next && drawn < mostDrawn ? { ...next, drawn } : undefined,
    };
  }

  private endOfProbe({ team }: AwaitedRun, age: number): ExpectedEnd {
    const drawn = this.firsts.draw(this.random, age);
    return { seconds: drawn.seconds, next: this.firstOf(drawn, team) };
  }

  private endOfEvaluation(run: AwaitedRun, age: number): ExpectedEnd {
    const { on, expected } = run;
    const table = (expected === undefined ? this.unmeasured : this.measured)[on];
    const unit = expected ?? 1;
    const { seconds = 0, followed = false } = table?.draw(this.random, age / unit) ?? {};
    const to = followed ? (pick(this.followers[on] ?? [], this.random) ?? on) : undefined;
    return { seconds: seconds * unit, next: to === undefined ? undefined : this.moved(run, to) };
  }

  /** Draws the first evaluation of a submission that is not probed. */
  first(team: number): AwaitedRun {
    return this.firstOf(this.firsts.draw(this.random), team);
  }

  /** The same evaluation on another class. */
  moved(run: AwaitedRun, to: number): AwaitedRun {
    const longer = this.rest.classes[run.on]?.longer[to] ?? 1;
    return {
      ...run,
      on: to,
      expected: run.expected === undefined ? undefined : run.expected * longer,
      ...(run.again && { again: { ...run.again, seconds: run.again.seconds * longer } }),
    };
  }

  /** After a probe longer than all that ended as much more is expected. */
  private firstOf({ place, seconds }: Drawn, team: number): AwaitedRun {
    const { firsts, gate } = this.rest;
    const {
      on = gate,
      measured = 0,
      expected = 0,
      probeSeconds = 0,
    } = firsts[Math.min(place, firsts.length - 1)] ?? {};
    const longer = place >= firsts.length && probeSeconds > 0 ? Math.max(1, seconds / probeSeconds) : 1;
    return { on, team, probe: false, expected: this.random.next() < measured ? longer * expected : undefined };
  }
}

/** A submission ends after so many runs at the latest, as the ladder's limits have it; a loss rate may be drawn high. */
const mostDrawn = 10;

interface LossRate {
  lost: number;
  seconds: number;
}

/** By class: what was lost while how long was run. What all classes lost counts like one loss more on each of them. */
function lossRates({ classes, running }: RemainingWork): LossRate[] {
  const seconds = classes.map(({ ran }, on) =>
    running.reduce((sum, run) => sum + (run.on === on ? run.age : 0), ran.seconds),
  );
  const lost = classes.reduce((sum, { ran }) => sum + ran.lost, 0);
  const perLoss = lost > 0 ? seconds.reduce((sum, one) => sum + one, 0) / lost : Infinity;
  return classes.map(({ ran }, on) => ({ lost: ran.lost + 1, seconds: (seconds[on] ?? 0) + perLoss }));
}

const drawnAround = ({ lost, seconds }: LossRate, random: RandomStream): number =>
  gamma(lost, random) / Math.max(1, seconds);

/** As long as is expected of those of which something is known. */
function asOthers({ firsts, classes }: RemainingWork, on: number): EndedAlike[] {
  return firsts
    .filter(({ measured }) => measured > 0)
    .map((first) => first.expected * (classes[first.on]?.longer[on] ?? 1))
    .sort((a, b) => a - b)
    .map((seconds) => ({ seconds, ended: 1 / firsts.length, followed: 0, lost: 0 }));
}

function drawnAgain({ seconds, ended, followed, lost }: EndedAlike, random: RandomStream): EndedAlike {
  const again = gamma(followed, random);
  return { seconds, ended: again + gamma(ended - followed, random), followed: again, lost };
}

/** Shares that counts stand for; none when nothing was counted. */
function sharesOf(counts: readonly number[], random: RandomStream): number[] {
  const drawn = counts.map((count) => gamma(count, random));
  const sum = drawn.reduce((total, count) => total + count, 0);
  return sum > 0 ? drawn.map((count) => count / sum) : [];
}

/** Submissions of a team and runs of a submission resemble each other: what has ended teaches like so much of it. */
const trust = 0.35;

/** As many as might have ended instead: a draw of the gamma distribution with this mean, by Wilson and Hilferty. */
function gamma(mean: number, random: RandomStream): number {
  const shape = trust * mean;
  if (shape <= 0) return 0;
  return mean * Math.max(0.01, 1 - 1 / (9 * shape) + random.normal() / (3 * Math.sqrt(shape))) ** 3;
}
