import { byName } from '../model/by-name.ts';
import type { Purpose } from '../model/frozen-campaign.ts';
import { responsibleParty, type Reason } from '../model/reasons.ts';
import type { Grant } from '../model/messages.ts';

export interface ClassStatistics {
  /** First evaluations that preferred this class, by the duration of their probes. */
  firstEvaluations: ByDuration<FirstEvaluations>;
  /** Ended evaluations by their duration in thousandths of what their probes predicted. */
  measured: ByDuration<EndedEvaluations>;
  /** Ended evaluations without a prediction, by seconds. */
  unmeasured: ByDuration<EndedEvaluations>;
  /** Ended evaluations, by whether a probe had measured the GPU memory that they need. */
  memoryOutcomes: { measured: MemoryOutcomes; unknown: MemoryOutcomes };
  /** Evaluations that followed one on this class, by the class that they preferred. */
  nextClasses: { class: string; count: number }[];
  probes: number;
  /** Every ended run, by {@link endKey}. Campaigns of older versions count those since their update. */
  ends: Record<string, number>;
  /** Billed seconds of all runs, and the number of runs that the platform lost. */
  ran: { seconds: number; lost: number };
  /** Runs whose slot is free again, the seconds for which they held it, and the seconds that were billed. */
  held: { runs: number; seconds: number; billed: number };
  /** Runs that ended since the last decision: their number and the sum of the instants (ms) of their grants. */
  justFreed: { runs: number; since: number };
}

/** Entries of about the same duration together, see {@link durationBin}. */
type ByDuration<Entry> = Record<number, Entry>;

export interface FirstEvaluations {
  count: number;
  /** Sum over all of them. */
  probeSeconds: number;
  /** The number with a prediction, and the sum of their predicted seconds. */
  measured: number;
  expectedSeconds: number;
}

export interface EndedEvaluations {
  count: number;
  /** Of the durations of these `count`. */
  sum: number;
  /** Of these `count`: those that another run followed. */
  followed: number;
  /** Further evaluations, which the platform or an operator ended after this time. */
  lost: number;
}

export interface MemoryOutcomes {
  ended: number;
  outOfMemory: number;
  /** Sum over those out of memory: the share of the predicted time that each had run. */
  failedShares: number;
}

/** How a run of this purpose ended: `evaluation` if it succeeded, else `evaluation:time-limit`. */
const endKey = ({ purpose, reason }: Pick<EndOfRun, 'purpose' | 'reason'>): string =>
  reason ? `${purpose}:${reason}` : purpose;

const noOutcomes = (): MemoryOutcomes => ({ ended: 0, outOfMemory: 0, failedShares: 0 });

export const noClassStatistics = (): ClassStatistics => ({
  firstEvaluations: {},
  measured: {},
  unmeasured: {},
  memoryOutcomes: { measured: noOutcomes(), unknown: noOutcomes() },
  nextClasses: [],
  probes: 0,
  ends: {},
  ran: { seconds: 0, lost: 0 },
  held: { runs: 0, seconds: 0, billed: 0 },
  justFreed: { runs: 0, since: 0 },
});

/** Four bins per doubling; a duration below one counts as one. */
const durationBin = (duration: number): number => Math.floor(4 * Math.log2(Math.max(1, duration)));

/** Ended runs of one kind. `reason`: null if they succeeded. */
export interface RunEnds {
  purpose: Purpose;
  reason: Reason | null;
  count: number;
}

export interface EndOfRun {
  class: string;
  purpose: Purpose;
  billedSeconds: number;
  expectedSeconds?: number | undefined;
  needMeasured?: boolean | undefined;
  reason?: Reason | null | undefined;
}

/** Sums over ended runs, from which a forecast predicts the rest. Their size does not depend on the number of runs. */
export class RunStatistics {
  /** Instant (ms) of the first grant; null before it. */
  since: number | null = null;
  byClass = byName<ClassStatistics>();

  /** The ended runs of a class, by purpose and reason. */
  endsOn(name: string): RunEnds[] {
    return Object.entries(this.byClass[name]?.ends ?? {}).map(([key, count]) => {
      const [purpose, reason] = key.split(':') as [Purpose, Reason?];
      return { purpose, reason: reason ?? null, count };
    });
  }

  private of(name: string): ClassStatistics {
    return (this.byClass[name] ??= noClassStatistics());
  }

  /** Runs were granted. `now` in ms. */
  noteGrants(now: number): void {
    this.since ??= now;
  }

  /** A submission requests its first evaluation. */
  addFirstEvaluation(first: { class: string; probeSeconds: number; expectedSeconds: number | undefined }): void {
    const { probeSeconds, expectedSeconds } = first;
    const { firstEvaluations } = this.of(first.class);
    const bin = (firstEvaluations[durationBin(probeSeconds)] ??= {
      count: 0,
      probeSeconds: 0,
      measured: 0,
      expectedSeconds: 0,
    });
    bin.count += 1;
    bin.probeSeconds += probeSeconds;
    if (expectedSeconds === undefined) return;
    bin.measured += 1;
    bin.expectedSeconds += expectedSeconds;
  }

  /** A run has ended; `next`: the class that the run after it prefers, if there is one. */
  addEndedRun(run: EndOfRun, next: string | undefined): void {
    const { purpose, billedSeconds, reason } = run;
    const ofClass = this.of(run.class);
    const key = endKey(run);
    ofClass.ends[key] = (ofClass.ends[key] ?? 0) + 1;
    if (reason === 'unplaceable') return;
    const party = reason ? responsibleParty(reason) : undefined;
    ofClass.ran.seconds += billedSeconds;
    if (party === 'platform') ofClass.ran.lost += 1;
    if (purpose === 'probe') {
      ofClass.probes += 1;
      return;
    }
    const [bin, duration] = binOf(ofClass, run);
    if (party === 'platform' || party === 'operator') {
      bin.lost += 1;
      return;
    }
    addMemoryOutcome(ofClass, run);
    bin.count += 1;
    bin.sum += duration;
    if (next === undefined) return;
    bin.followed += 1;
    const known = ofClass.nextClasses.find((other) => other.class === next);
    if (known) known.count += 1;
    else ofClass.nextClasses.push({ class: next, count: 1 });
  }

  /** A slot was freed; the next {@link countHeld} adds the time for which it was held. */
  addFreedSlot(grant: Grant, billedSeconds: number): void {
    const { held, justFreed } = this.of(grant.class);
    justFreed.runs += 1;
    justFreed.since += grant.since;
    held.billed += billedSeconds;
  }

  /** Adds the time for which the slots freed since the last call were held. `now` in ms. */
  countHeld(now: number): void {
    for (const { held, justFreed } of Object.values(this.byClass)) {
      held.runs += justFreed.runs;
      held.seconds += (justFreed.runs * now - justFreed.since) / 1000;
      justFreed.runs = 0;
      justFreed.since = 0;
    }
  }
}

function binOf(
  { measured, unmeasured }: ClassStatistics,
  { billedSeconds, expectedSeconds }: EndOfRun,
): [bin: EndedEvaluations, duration: number] {
  const [bins, duration] =
    expectedSeconds === undefined ? [unmeasured, billedSeconds] : [measured, (1000 * billedSeconds) / expectedSeconds];
  return [(bins[durationBin(duration)] ??= { count: 0, sum: 0, followed: 0, lost: 0 }), duration];
}

/** A failed evaluation without a prediction counts as one whole share. */
function addMemoryOutcome({ memoryOutcomes }: ClassStatistics, run: EndOfRun): void {
  const { billedSeconds, expectedSeconds, needMeasured, reason } = run;
  const outcomes = memoryOutcomes[needMeasured ? 'measured' : 'unknown'];
  outcomes.ended += 1;
  if (reason !== 'gpu-out-of-memory') return;
  outcomes.outOfMemory += 1;
  outcomes.failedShares += expectedSeconds === undefined ? 1 : Math.min(1, billedSeconds / expectedSeconds);
}
