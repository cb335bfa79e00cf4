import type { RandomStream } from '../random/random-stream.ts';
import type { ParameterSample } from './parameter-sample.ts';
import { added, firstLoads, loadsOf, runsIn, secondsOf, waitingLoads, type Load } from './load.ts';
import { sampledSubmissions } from './sampled-submissions.ts';
import type { AwaitedRun, RemainingWork } from './remaining-work.ts';
import { spareTime } from './spare-time.ts';

/** What happens until so few submissions are left that each can be looked at. Times in seconds. */
export interface Skipped {
  /** By class: when it goes on with what it runs now. */
  until: number[];
  /** Evaluations that wait then, of those that wait now. */
  waiting: AwaitedRun[];
  /** By class: evaluations that wait beside them. */
  more: number[];
  microUsd: number;
}

export interface Manner {
  /** Open submissions of one team. */
  perTeam: number;
  /** Evaluations go to dearer classes with free slots. */
  hurry: boolean;
}

/**
 * Goes over most of a long campaign in one step: the gate takes as long as its work needs on its slots; what waits for the
 * other classes grows or shrinks by what they cannot or can carry in that time.
 */
export function skip(rest: RemainingWork, belief: ParameterSample, manner: Manner, random: RandomStream): Skipped {
  const { classes, gate } = rest;
  const waiting = classes.map((_, on) => rest.waiting.filter((run) => run.on === on && !run.probe));
  const most = classes.map(({ slots }) => sampledSubmissions(20, 3, slots));
  const atGate = waiting[gate] ?? [];
  const early = atGate.slice(0, Math.max(0, atGate.length - (most[gate] ?? 0)));
  const passage = passageOf(rest, belief, manner, early, random);
  const skipped: Skipped = { until: [], waiting: [], more: [], microUsd: passage.microUsd };
  for (const [on, { slots, unbilled, microUsdPerSecond }] of classes.entries()) {
    const arrived = passage.arrived[on];
    const own = waitingLoads(rest, waiting[on] ?? [])[on];
    const all = arrived && own ? added([arrived], [own])[0] : undefined;
    if (on === gate || all === undefined || slots === 0) {
      skipped.until.push(passage.seconds);
      skipped.more.push(0);
      skipped.waiting.push(...(waiting[on] ?? []).slice(on === gate ? early.length : 0));
      continue;
    }
    const runs = runsIn(all);
    const billed = secondsOf(all, belief, on) / Math.max(1e-9, runs);
    const left = Math.max(0, runs - (slots * passage.seconds) / Math.max(1, billed + unbilled));
    const excess = Math.max(0, left - (most[on] ?? 0));
    const looked = Math.round(left - excess);
    skipped.until.push(passage.seconds + (excess * (billed + unbilled)) / slots);
    skipped.microUsd += (runs - looked) * billed * microUsdPerSecond;
    skipped.waiting.push(...(waiting[on] ?? []).slice(-looked || Infinity));
    skipped.more.push(Math.max(0, looked - (waiting[on]?.length ?? 0)));
  }
  return skipped;
}

interface Passage {
  seconds: number;
  /** Evaluations that come to each class meanwhile. */
  arrived: Load[];
  /** Of what runs on the gate, and of what goes elsewhere in a hurry. */
  microUsd: number;
}

/** All that the gate does before the last submissions; `early`: evaluations that wait for it. */
function passageOf(
  rest: RemainingWork,
  belief: ParameterSample,
  { perTeam, hurry }: Manner,
  early: readonly AwaitedRun[],
  random: RandomStream,
): Passage {
  const { classes, gate, starts, probing } = rest;
  const { slots = 0, unbilled = 0, microUsdPerSecond = 0 } = classes[gate] ?? {};
  const submissions = belief.evaluated * starts.counted.reduce((sum, counted) => sum + counted.submissions, 0);
  const firsts = firstLoads(rest, belief);
  const perSubmission = loadsOf(rest, belief, firsts);
  const arrived = added(loadsOf(rest, belief, waitingLoads(rest, early)), perSubmission, submissions).map((load, on) =>
    on === gate ? load : varied(load, random),
  );
  const atGate = arrived[gate];
  const probes = probing ? submissions * belief.firsts.mean : 0;
  const runs = (atGate ? runsIn(atGate) : 0) + (probing ? submissions : 0);
  const noise = Math.sqrt(submissions * varianceOf(rest, belief, firsts[gate])) * random.normal();
  const billed = Math.max(0, (atGate ? secondsOf(atGate, belief, gate) : 0) + probes + noise);
  const work = billed + runs * unbilled;
  const own = arrived.map((load, on) => secondsOf(load, belief, on) + runsIn(load) * (classes[on]?.unbilled ?? 0));
  // Few teams are left and each may have only so many under way: slots stay empty.
  const idle = starts.counted.reduce((time, counted) => {
    const share = (belief.evaluated * counted.submissions) / Math.max(1, submissions + early.length);
    return time + share * (slots / Math.min(slots, counted.teams * perTeam) - 1);
  }, 0);
  const { seconds, detours } = spareTime(rest, own, work * (1 + idle), hurry);
  return { seconds, arrived, microUsd: billed * microUsdPerSecond + detours };
}

/** As many as a draw with this mean. */
function varied(load: Load, random: RandomStream): Load {
  const runs = runsIn(load);
  if (runs === 0) return load;
  const factor = Math.max(0, 1 + random.normal() / Math.sqrt(runs));
  return added([load], [load], factor - 1)[0] ?? load;
}

/** Variance of the seconds that a submission's first evaluation takes on the gate. */
function varianceOf({ firsts, gate }: RemainingWork, belief: ParameterSample, load: Load | undefined): number {
  const shares = belief.firsts.shares();
  const squares = firsts.reduce((sum, { on, measured, expected }, place) => {
    if (on !== gate) return sum;
    const ofMeasured = measured * expected ** 2 * (belief.measured[gate]?.meanOfSquares ?? 0);
    const ofUnmeasured = (1 - measured) * (belief.unmeasured[gate]?.meanOfSquares ?? 0);
    return sum + (shares[place] ?? 0) * (ofMeasured + ofUnmeasured);
  }, 0);
  return Math.max(0, squares - (load ? secondsOf(load, belief, gate) : 0) ** 2);
}
