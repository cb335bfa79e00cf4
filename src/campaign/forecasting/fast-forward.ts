import type { RandomStream } from '../random/random-stream.ts';
import type { ParameterSample } from './parameter-sample.ts';
import {
  addLoad,
  addLoads,
  billedSecondsOf,
  evaluationsIn,
  firstEvaluationLoads,
  waitingLoads,
  withSuccessors,
  type EvaluationLoad,
} from './evaluation-load.ts';
import { simulatedOneByOne, type AwaitedRun, type RemainingWork } from './remaining-work.ts';
import { entryClassDuration } from './entry-class-duration.ts';

/** The situation when only the last submissions are left, which a scenario simulates one by one. Times in seconds. */
export interface FastForward {
  /** By class: when its current runs continue. */
  busyUntil: number[];
  /** Those of today's waiting evaluations that still wait then. */
  waiting: AwaitedRun[];
  /** By class: evaluations that wait in addition. */
  additional: number[];
  microUsd: number;
}

export interface SchedulingPolicy {
  maxOpenPerTeam: number;
  /** Evaluations go to more expensive classes with free slots. */
  expedited: boolean;
}

/**
 * Covers most of a long campaign in one step. It lasts as long as the entry class needs for its work; the queues of the
 * other classes grow or shrink by the difference between what arrives and what they complete in that time.
 */
export function fastForward(
  work: RemainingWork,
  sample: ParameterSample,
  policy: SchedulingPolicy,
  random: RandomStream,
): FastForward {
  const { classes, entryClass } = work;
  const waiting = classes.map((_, index) => work.waiting.filter((run) => run.classIndex === index && !run.probe));
  const oneByOne = classes.map(({ slots }) => simulatedOneByOne(20, 3, slots));
  const atEntry = waiting[entryClass] ?? [];
  const early = atEntry.slice(0, Math.max(0, atEntry.length - (oneByOne[entryClass] ?? 0)));
  const phase = entryPhaseOf(work, sample, policy, early, random);
  const result: FastForward = { busyUntil: [], waiting: [], additional: [], microUsd: phase.microUsd };
  for (const [index, { slots, overheadSeconds, microUsdPerSecond }] of classes.entries()) {
    const own = waiting[index] ?? [];
    const arrived = phase.arrived[index];
    const queued = waitingLoads(work, own)[index];
    if (index === entryClass || arrived === undefined || queued === undefined || slots === 0) {
      result.busyUntil.push(phase.seconds);
      result.additional.push(0);
      result.waiting.push(...own.slice(index === entryClass ? early.length : 0));
      continue;
    }
    const all = addLoad(arrived, queued);
    const runs = evaluationsIn(all);
    const billed = billedSecondsOf(all, sample, index) / Math.max(1e-9, runs);
    const left = Math.max(0, runs - (slots * phase.seconds) / Math.max(1, billed + overheadSeconds));
    const excess = Math.max(0, left - (oneByOne[index] ?? 0));
    const simulated = Math.round(left - excess);
    result.busyUntil.push(phase.seconds + (excess * (billed + overheadSeconds)) / slots);
    result.microUsd += (runs - simulated) * billed * microUsdPerSecond;
    result.waiting.push(...own.slice(-simulated || Infinity));
    result.additional.push(Math.max(0, simulated - own.length));
  }
  return result;
}

/** The time until the entry class reaches the last submissions. */
interface EntryPhase {
  seconds: number;
  /** By class: evaluations that arrive in that time. */
  arrived: EvaluationLoad[];
  /** Cost of the runs on the entry class, and of the evaluations that more expensive classes take over. */
  microUsd: number;
}

/** `early`: evaluations that already wait for the entry class. */
function entryPhaseOf(
  work: RemainingWork,
  sample: ParameterSample,
  { maxOpenPerTeam, expedited }: SchedulingPolicy,
  early: readonly AwaitedRun[],
  random: RandomStream,
): EntryPhase {
  const { classes, entryClass, unstarted, probing } = work;
  const { slots = 0, overheadSeconds = 0, microUsdPerSecond = 0 } = classes[entryClass] ?? {};
  const submissions = sample.evaluatedShare * unstarted.levels.reduce((sum, level) => sum + level.submissions, 0);
  const first = firstEvaluationLoads(work, sample);
  const perSubmission = withSuccessors(work, sample, first);
  const arrived = addLoads(withSuccessors(work, sample, waitingLoads(work, early)), perSubmission, submissions).map(
    (load, index) => (index === entryClass ? load : varied(load, random)),
  );
  const atEntry = arrived[entryClass];
  const probeSeconds = probing ? submissions * sample.firstEvaluations.mean : 0;
  const runs = (atEntry ? evaluationsIn(atEntry) : 0) + (probing ? submissions : 0);
  const noise = Math.sqrt(submissions * varianceOf(work, sample, first[entryClass])) * random.normal();
  const evaluationSeconds = atEntry ? billedSecondsOf(atEntry, sample, entryClass) : 0;
  const billed = Math.max(0, evaluationSeconds + probeSeconds + noise);
  const slotSeconds = billed + runs * overheadSeconds;
  const ownWork = arrived.map(
    (load, index) =>
      billedSecondsOf(load, sample, index) + evaluationsIn(load) * (classes[index]?.overheadSeconds ?? 0),
  );
  // Slots stay empty when few teams are left and the limit per team holds them back.
  const idleShare = unstarted.levels.reduce((sum, level) => {
    const share = (sample.evaluatedShare * level.submissions) / Math.max(1, submissions + early.length);
    return sum + share * (slots / Math.min(slots, level.teams * maxOpenPerTeam) - 1);
  }, 0);
  const { seconds, extraMicroUsd } = entryClassDuration(work, ownWork, slotSeconds * (1 + idleShare), expedited);
  return { seconds, arrived, microUsd: billed * microUsdPerSecond + extraMicroUsd };
}

/** A draw whose mean is the load, with the variance of a count. */
function varied(load: EvaluationLoad, random: RandomStream): EvaluationLoad {
  const runs = evaluationsIn(load);
  if (runs === 0) return load;
  const factor = Math.max(0, 1 + random.normal() / Math.sqrt(runs));
  return addLoad(load, load, factor - 1);
}

/** Variance of the seconds that a submission's first evaluation takes on the entry class. */
function varianceOf(
  { firstEvaluations, entryClass }: RemainingWork,
  sample: ParameterSample,
  load: EvaluationLoad | undefined,
): number {
  const shares = sample.firstEvaluations.groupShares();
  const squares = firstEvaluations.reduce((sum, { classIndex, measuredShare, expectedSeconds }, index) => {
    if (classIndex !== entryClass) return sum;
    const ofMeasured = measuredShare * expectedSeconds ** 2 * (sample.measured[entryClass]?.meanSquare ?? 0);
    const ofUnmeasured = (1 - measuredShare) * (sample.unmeasured[entryClass]?.meanSquare ?? 0);
    return sum + (shares[index] ?? 0) * (ofMeasured + ofUnmeasured);
  }, 0);
  return Math.max(0, squares - (load ? billedSecondsOf(load, sample, entryClass) : 0) ** 2);
}
