import type { ParameterSample } from './parameter-sample.ts';
import type { AwaitedRun, RemainingWork } from './remaining-work.ts';

/** Evaluations that come to a class, in mean. */
export interface Load {
  /** Of which a probe lets expect something, and how many seconds together. */
  measured: number;
  expected: number;
  unmeasured: number;
}

/** Evaluations that follow those that follow are counted to this depth. */
const depth = 5;

/** By class: what some evaluations lead to, themselves included. Pure. */
export function loadsOf(rest: RemainingWork, belief: ParameterSample, first: readonly Load[]): Load[] {
  let all = first;
  for (let round = 0; round < depth; round += 1) all = added(first, followed(rest, belief, all));
  return [...all];
}

/** By class: the first evaluation of one submission. Pure. */
export function firstLoads({ classes, firsts }: RemainingWork, belief: ParameterSample): Load[] {
  const loads = classes.map(() => noLoad());
  for (const [place, share] of belief.firsts.shares().entries()) {
    const first = firsts[place];
    const load = loads[first?.on ?? -1];
    if (first === undefined || load === undefined) continue;
    load.measured += share * first.measured;
    load.expected += share * first.measured * first.expected;
    load.unmeasured += share * (1 - first.measured);
  }
  return loads;
}

/** By class: evaluations that wait. Pure. */
export function waitingLoads({ classes }: RemainingWork, waiting: readonly AwaitedRun[]): Load[] {
  const loads = classes.map(() => noLoad());
  for (const { on, probe, expected } of waiting) {
    const load = loads[on];
    if (probe || load === undefined) continue;
    if (expected === undefined) load.unmeasured += 1;
    else load.measured += 1;
    load.expected += expected ?? 0;
  }
  return loads;
}

export const runsIn = ({ measured, unmeasured }: Load): number => measured + unmeasured;

/** A run that is lost had run for about so much of its duration, weighted by how likely long ones are lost. */
const lostShare = 0.75;

/** Billed seconds of a load on a class, with what is lost on the way. */
export function secondsOf(load: Load, belief: ParameterSample, on: number): number {
  const { expected, unmeasured } = load;
  const seconds = expected * (belief.measured[on]?.mean ?? 1) + unmeasured * (belief.unmeasured[on]?.mean ?? 0);
  const perRun = seconds / Math.max(1e-9, runsIn(load));
  return seconds * (1 + lostShare * (belief.losses[on] ?? 0) * perRun);
}

const noLoad = (): Load => ({ measured: 0, expected: 0, unmeasured: 0 });

export const added = (some: readonly Load[], others: readonly Load[], times = 1): Load[] =>
  some.map((load, place) => {
    const other = others[place] ?? noLoad();
    return {
      measured: load.measured + times * other.measured,
      expected: load.expected + times * other.expected,
      unmeasured: load.unmeasured + times * other.unmeasured,
    };
  });

/** By class: what comes right after evaluations. */
function followed({ classes }: RemainingWork, belief: ParameterSample, loads: readonly Load[]): Load[] {
  const next = classes.map(() => noLoad());
  for (const [from, load] of loads.entries()) {
    const measured = belief.measured[from]?.followed ?? 0;
    const unmeasured = belief.unmeasured[from]?.followed ?? 0;
    for (const [to, share] of (belief.followers[from] ?? []).entries()) {
      const there = next[to];
      if (there === undefined) continue;
      there.measured += share * measured * load.measured;
      there.expected += share * measured * load.expected * (classes[from]?.longer[to] ?? 1);
      there.unmeasured += share * unmeasured * load.unmeasured;
    }
  }
  return next;
}
