import type { RandomStream } from '../random/random-stream.ts';
import { resampledGroups, resampledRate, resampledShares } from './bootstrap.ts';
import { KaplanMeier, type DurationDraw, type DurationGroup } from './kaplan-meier.ts';
import type { AwaitedRun, RemainingWork, RunningRun, SampledEnd } from './remaining-work.ts';
import { maxRuns } from './runs-per-submission.ts';

/**
 * One bootstrap sample of the campaign's parameters, given the runs seen so far (Bayesian bootstrap). The more runs have
 * ended, the less two samples differ.
 */
export class ParameterSample {
  /** By class: durations relative to what a probe predicted, and in seconds for evaluations without a prediction. */
  readonly measured: KaplanMeier[];
  readonly unmeasured: KaplanMeier[];
  /** First evaluations by the duration of their probes. */
  readonly firstEvaluations: KaplanMeier;
  /** Share of the submissions that reach an evaluation. */
  readonly evaluatedShare: number;
  /** By class: probabilities of the classes of the next run. */
  readonly successorShares: number[][];
  /** By class: runs lost to the platform per second of running. */
  readonly lossesPerSecond: number[];

  constructor(
    private readonly work: RemainingWork,
    private readonly random: RandomStream,
  ) {
    const { classes, evaluated, firstEvaluations } = work;
    const durations = (groups: readonly DurationGroup[], isSuch: (run: RunningRun) => boolean): KaplanMeier =>
      new KaplanMeier(resampledGroups(groups, random), agesOf(work, isSuch));
    this.measured = classes.map(({ measured }, index) =>
      durations(measured, (run) => run.classIndex === index && run.expectedSeconds !== undefined),
    );
    this.unmeasured = classes.map(({ unmeasured }, index) =>
      durations(
        unmeasured.length > 0 ? unmeasured : predictedGroups(work, index),
        (run) => run.classIndex === index && !run.probe && run.expectedSeconds === undefined,
      ),
    );
    const probes = firstEvaluations.map(({ count, probeSeconds }) => ({
      seconds: probeSeconds,
      ended: count,
      followed: 0,
      lostBefore: 0,
    }));
    this.firstEvaluations = durations(probes, ({ probe }) => probe);
    this.evaluatedShare = resampledShares([evaluated.yes, evaluated.no], random)[0] ?? 1;
    this.lossesPerSecond = lossesOf(work).map(({ lost, seconds }) => resampledRate(lost, seconds, random));
    this.successorShares = classes.map(({ successorCounts }) => resampledShares(successorCounts, random));
  }

  /** Draws the end of a run that has already lasted `age`; a run that is lost to the platform is repeated. */
  end(run: AwaitedRun, age: number): SampledEnd {
    const runs = (run.runsBefore ?? 0) + 1;
    const end = run.fixedEnd ?? (run.probe ? this.endOfProbe(run, age) : this.endOfEvaluation(run, age));
    const rate = this.lossesPerSecond[run.classIndex] ?? 0;
    const lostAfter = rate > 0 ? age - Math.log(1 - this.random.next()) / rate : Infinity;
    const isLost = lostAfter < end.seconds;
    const next = isLost ? { ...run, fixedEnd: end } : end.next;
    return {
      seconds: isLost ? lostAfter : end.seconds,
      next: next && runs < maxRuns ? { ...next, runsBefore: runs } : undefined,
    };
  }

  private endOfProbe({ team }: AwaitedRun, age: number): SampledEnd {
    const draw = this.firstEvaluations.draw(this.random, age);
    return { seconds: draw.seconds, next: this.evaluationAfter(draw, team) };
  }

  private endOfEvaluation(run: AwaitedRun, age: number): SampledEnd {
    const { classIndex, expectedSeconds } = run;
    const durations = (expectedSeconds === undefined ? this.unmeasured : this.measured)[classIndex];
    const unit = expectedSeconds ?? 1;
    const { seconds = 0, followed = false } = durations?.draw(this.random, age / unit) ?? {};
    const to = followed ? (this.random.pickIndex(this.successorShares[classIndex] ?? []) ?? classIndex) : undefined;
    return { seconds: seconds * unit, next: to === undefined ? undefined : this.moved(run, to) };
  }

  /** Draws the first evaluation of a submission that is not probed. */
  firstEvaluation(team: number): AwaitedRun {
    return this.evaluationAfter(this.firstEvaluations.draw(this.random), team);
  }

  /** The same evaluation on another class. */
  moved(run: AwaitedRun, to: number): AwaitedRun {
    const slowdown = this.work.classes[run.classIndex]?.slowdown[to] ?? 1;
    const { expectedSeconds, fixedEnd } = run;
    return {
      ...run,
      classIndex: to,
      expectedSeconds: expectedSeconds === undefined ? undefined : expectedSeconds * slowdown,
      ...(fixedEnd && { fixedEnd: { ...fixedEnd, seconds: fixedEnd.seconds * slowdown } }),
    };
  }

  /** The evaluation after a probe of the drawn duration. Beyond the longest probe, both durations grow in proportion. */
  private evaluationAfter({ groupIndex, seconds }: DurationDraw, team: number): AwaitedRun {
    const { firstEvaluations, entryClass } = this.work;
    const {
      classIndex = entryClass,
      measuredShare = 0,
      expectedSeconds = 0,
      probeSeconds = 0,
    } = firstEvaluations[Math.min(groupIndex, firstEvaluations.length - 1)] ?? {};
    const isInTail = groupIndex >= firstEvaluations.length && probeSeconds > 0;
    const factor = isInTail ? Math.max(1, seconds / probeSeconds) : 1;
    const isMeasured = this.random.next() < measuredShare;
    return { classIndex, team, probe: false, expectedSeconds: isMeasured ? factor * expectedSeconds : undefined };
  }
}

/** Billed ages of the chosen running runs, relative to their expected seconds, in ascending order. */
const agesOf = ({ classes, running }: RemainingWork, isChosen: (run: RunningRun) => boolean): number[] =>
  running
    .filter(isChosen)
    .map(
      ({ classIndex, age, expectedSeconds = 1 }) =>
        Math.max(0, age - (classes[classIndex]?.overheadSeconds ?? 0)) / expectedSeconds,
    )
    .sort((a, b) => a - b);

/** By class: lost runs and seconds of running. The losses of all classes together add one loss to each class. */
function lossesOf({ classes, running }: RemainingWork): { lost: number; seconds: number }[] {
  const seconds = classes.map(({ exposure }, classIndex) =>
    running.reduce((sum, run) => sum + (run.classIndex === classIndex ? run.age : 0), exposure.seconds),
  );
  const lost = classes.reduce((sum, { exposure }) => sum + exposure.lost, 0);
  const secondsPerLoss = lost > 0 ? seconds.reduce((sum, one) => sum + one, 0) / lost : Infinity;
  return classes.map(({ exposure }, classIndex) => ({
    lost: exposure.lost + 1,
    seconds: (seconds[classIndex] ?? 0) + secondsPerLoss,
  }));
}

/** Durations as the probes predict them, for a class on which no evaluation without a prediction has ended. */
const predictedGroups = ({ firstEvaluations, classes }: RemainingWork, classIndex: number): DurationGroup[] =>
  firstEvaluations
    .filter(({ measuredShare }) => measuredShare > 0)
    .map((group) => group.expectedSeconds * (classes[group.classIndex]?.slowdown[classIndex] ?? 1))
    .sort((a, b) => a - b)
    .map((seconds) => ({ seconds, ended: 1 / firstEvaluations.length, followed: 0, lostBefore: 0 }));
