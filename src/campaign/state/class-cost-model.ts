import { breakEvenSuccess } from '../evaluation/break-even.ts';
import type { ReadOnly } from './read-only.ts';
import { noClassStatistics, type ClassStatistics, type MemoryOutcomes, type RunStatistics } from './run-statistics.ts';
import type { RunOption } from '../model/run-option.ts';

/**
 * A class with fewer ended evaluations than this, or fewer than two per slot, is not judged: the evaluations that end first
 * are the short ones.
 */
const fewestEnds = 10;
const endsPerSlot = 2;
/** The prior belief about a class's times counts as this many ended evaluations. */
const priorEnds = 10;
const noneEnded = noClassStatistics();
/** Prior: four of five fit into the smaller GPU, as 80 % of the case's runs did on G4. Counts as five evaluations. */
const priorOutcomes = { ended: 5, outOfMemory: 1 };

/**
 * Orders the options of a submission by the durations of ended evaluations on each class; the options' own predictions
 * come from the probe alone. An option on whose GPU too many runs of its kind run out of memory goes behind the larger
 * ones.
 */
export class ClassCostModel {
  /** The factor on the class that the probes ran on. No speeds were compared there, so it holds for every class. */
  private readonly probedFactor: number;
  private readonly factors = new Map<string, number>();
  /** Classes on which runs ran out of GPU memory, once enough of them have ended there. */
  private readonly doubted = { measured: new Set<string>(), unknown: new Set<string>() };

  constructor(
    private readonly state: ReadOnly<{ statistics: Pick<RunStatistics, 'byClass'>; slots: Record<string, number> }>,
  ) {
    const classes = Object.entries(state.statistics.byClass);
    const [probed] = classes.find(([, { probes }]) => probes > 0) ?? [];
    this.probedFactor = probed === undefined ? 1 : this.shrunkFactor(probed, 1);
    for (const [name, { memoryOutcomes }] of classes)
      for (const need of ['measured', 'unknown'] as const) {
        const { outOfMemory, ended } = memoryOutcomes[need];
        if (outOfMemory > 0 && ended >= this.fewestOn(name)) this.doubted[need].add(name);
      }
  }

  /** The options, most preferred first; the same array if it is in order. `needMeasured`: a probe measured the run's GPU memory. */
  preferred(options: readonly RunOption[], needMeasured: boolean): readonly RunOption[] {
    const cheapest = this.isCheapestFirst(options)
      ? options
      : [...options].sort((a, b) => this.costOf(a) - this.costOf(b));
    const need = needMeasured ? 'measured' : 'unknown';
    if (this.doubted[need].size === 0) return cheapest;
    const passedOver = cheapest.filter((option) => !this.isWorthATry(option, cheapest, need));
    if (passedOver.length === 0) return cheapest;
    return [...cheapest.filter((option) => !passedOver.includes(option)), ...passedOver];
  }

  /** Nearly always true, which saves sorting and copying for each waiting request. */
  private isCheapestFirst(options: readonly RunOption[]): boolean {
    let before = 0;
    for (const option of options) {
      const cost = this.costOf(option);
      if (cost < before) return false;
      before = cost;
    }
    return true;
  }

  /** The number of evaluations that ended on a class, and of those that ran out of GPU memory. */
  memoryOutcomesOn(name: string): Pick<MemoryOutcomes, 'ended' | 'outOfMemory'> {
    const { measured, unknown } = this.statisticsOf(name).memoryOutcomes;
    return { ended: measured.ended + unknown.ended, outOfMemory: measured.outOfMemory + unknown.outOfMemory };
  }

  /** Expected cost in micro-dollars. */
  costOf(option: RunOption): number {
    return option.expected * this.factorOf(option.class);
  }

  hoursOf(option: RunOption): number {
    return option.hours * this.factorOf(option.class);
  }

  /**
   * Ratio of the evaluations' duration to the probes' prediction on a class. Until enough have ended, it is the factor
   * of the probed class, so that an unused class does not look cheaper.
   */
  factorOf(name: string): number {
    const known = this.factors.get(name);
    if (known !== undefined) return known;
    const factor = this.shrunkFactor(name, this.probedFactor);
    this.factors.set(name, factor);
    return factor;
  }

  private shrunkFactor(name: string, prior: number): number {
    const ends = shares(this.statisticsOf(name));
    return countOf(ends) < this.fewestOn(name) ? prior : shrunk(ends, prior);
  }

  private statisticsOf(name: string): ReadOnly<ClassStatistics> {
    return this.state.statistics.byClass[name] ?? noneEnded;
  }

  private fewestOn(name: string): number {
    return Math.max(fewestEnds, endsPerSlot * (this.state.slots[name] ?? 0));
  }

  /** Whether trying this option first costs less than going straight to the cheapest one with more GPU memory. */
  private isWorthATry(option: RunOption, cheapest: readonly RunOption[], need: 'measured' | 'unknown'): boolean {
    if (!this.doubted[need].has(option.class)) return true;
    const outcomes = this.statisticsOf(option.class).memoryOutcomes[need];
    const larger = cheapest.find(({ gpuMemoryMiB }) => gpuMemoryMiB > option.gpuMemoryMiB);
    if (larger === undefined) return true;
    const failedShare = outcomes.failedShares / outcomes.outOfMemory;
    return successRate(outcomes) > breakEvenSuccess(this.costOf(option) / this.costOf(larger), failedShare);
  }
}

const successRate = ({ ended, outOfMemory }: MemoryOutcomes): number =>
  1 - (outOfMemory + priorOutcomes.outOfMemory) / (ended + priorOutcomes.ended);

type Share = [share: number, count: number];

/**
 * Shares that evaluations took of the predicted time. An evaluation that ended early and was followed by another ran
 * out of memory and is no evidence; one that was cut off later than predicted takes at least that long.
 */
const shares = ({ measured }: ReadOnly<ClassStatistics>): Share[] =>
  Object.values(measured)
    .map(({ count, sum, followed }): Share => {
      const share = Math.max(1, sum / count) / 1000;
      return [share, share > 1 ? count : count - followed];
    })
    .filter(([, count]) => count > 0);

const countOf = (ends: readonly Share[]): number => ends.reduce((sum, [, count]) => sum + count, 0);

/** The median, robust against outliers, shrunk towards the prior: the fewer evaluations, the closer to it. */
function shrunk(ends: Share[], prior: number): number {
  const count = countOf(ends);
  let below = 0;
  const [median = prior] = ends.sort(([a], [b]) => a - b).find(([, some]) => (below += some) >= count / 2) ?? [];
  return prior * (median / prior) ** (count / (count + priorEnds));
}
