import type { ParameterSample } from './parameter-sample.ts';
import type { AwaitedRun, RemainingWork } from './remaining-work.ts';

/** Expected evaluations on one class, as means. */
export interface EvaluationLoad {
  /** Evaluations whose duration a probe predicts, and their predicted seconds in total. */
  measured: number;
  expectedSeconds: number;
  unmeasured: number;
}

/** Chains of evaluations that follow one another are counted up to this length. */
const maxChainLength = 5;

/** By class: the given evaluations and all evaluations that follow them. */
export function withSuccessors(
  work: RemainingWork,
  sample: ParameterSample,
  loads: readonly EvaluationLoad[],
): EvaluationLoad[] {
  let all = loads;
  for (let length = 0; length < maxChainLength; length += 1) {
    all = addLoads(loads, successorLoads(work, sample, all));
  }
  return [...all];
}

/** By class: the first evaluation of one submission. */
export function firstEvaluationLoads(
  { classes, firstEvaluations }: RemainingWork,
  sample: ParameterSample,
): EvaluationLoad[] {
  const loads = classes.map(() => noLoad());
  for (const [index, share] of sample.firstEvaluations.groupShares().entries()) {
    const group = firstEvaluations[index];
    const load = loads[group?.classIndex ?? -1];
    if (group === undefined || load === undefined) continue;
    load.measured += share * group.measuredShare;
    load.expectedSeconds += share * group.measuredShare * group.expectedSeconds;
    load.unmeasured += share * (1 - group.measuredShare);
  }
  return loads;
}

/** By class: the waiting evaluations. */
export function waitingLoads({ classes }: RemainingWork, waiting: readonly AwaitedRun[]): EvaluationLoad[] {
  const loads = classes.map(() => noLoad());
  for (const { classIndex, probe, expectedSeconds } of waiting) {
    const load = loads[classIndex];
    if (probe || load === undefined) continue;
    if (expectedSeconds === undefined) load.unmeasured += 1;
    else load.measured += 1;
    load.expectedSeconds += expectedSeconds ?? 0;
  }
  return loads;
}

export const evaluationsIn = ({ measured, unmeasured }: EvaluationLoad): number => measured + unmeasured;

/** A lost run had completed about this share of its duration; long runs are lost more often. */
const lostShare = 0.75;

/** Billed seconds of a load on a class, lost runs included. */
export function billedSecondsOf(load: EvaluationLoad, sample: ParameterSample, classIndex: number): number {
  const { expectedSeconds, unmeasured } = load;
  const seconds =
    expectedSeconds * (sample.measured[classIndex]?.mean ?? 1) +
    unmeasured * (sample.unmeasured[classIndex]?.mean ?? 0);
  const perRun = seconds / Math.max(1e-9, evaluationsIn(load));
  return seconds * (1 + lostShare * (sample.lossesPerSecond[classIndex] ?? 0) * perRun);
}

const noLoad = (): EvaluationLoad => ({ measured: 0, expectedSeconds: 0, unmeasured: 0 });

/** By class: `some` plus `factor` times `others`. */
export const addLoads = (
  some: readonly EvaluationLoad[],
  others: readonly EvaluationLoad[],
  factor = 1,
): EvaluationLoad[] => some.map((load, index) => addLoad(load, others[index] ?? noLoad(), factor));

export const addLoad = (load: EvaluationLoad, other: EvaluationLoad, factor = 1): EvaluationLoad => ({
  measured: load.measured + factor * other.measured,
  expectedSeconds: load.expectedSeconds + factor * other.expectedSeconds,
  unmeasured: load.unmeasured + factor * other.unmeasured,
});

/** By class: the evaluations that directly follow the given ones. */
function successorLoads(
  { classes }: RemainingWork,
  sample: ParameterSample,
  loads: readonly EvaluationLoad[],
): EvaluationLoad[] {
  const next = classes.map(() => noLoad());
  for (const [from, load] of loads.entries()) {
    const measured = sample.measured[from]?.followedOverall ?? 0;
    const unmeasured = sample.unmeasured[from]?.followedOverall ?? 0;
    for (const [to, share] of (sample.successorShares[from] ?? []).entries()) {
      const target = next[to];
      if (target === undefined) continue;
      target.measured += share * measured * load.measured;
      target.expectedSeconds += share * measured * load.expectedSeconds * (classes[from]?.slowdown[to] ?? 1);
      target.unmeasured += share * unmeasured * load.unmeasured;
    }
  }
  return next;
}
