import { breakEvenSuccess } from '../evaluation/break-even.ts';
import type { CampaignState } from './campaign-state.ts';
import { noClassStatistics, type ClassStatistics, type DeviceTries } from './run-statistics.ts';
import type { RunOption } from '../model/run-option.ts';

/**
 * With fewer ends than this on a class nothing is concluded, nor with less than two for each of its slots: what ends first
 * is what ends early.
 */
const fewestEnds = 10;
const endsPerSlot = 2;
/** What was believed of a class's times before counts like so many ends. */
const priorEnds = 10;
const unknownPace = noClassStatistics();
/** Before any try: four of five fit into the smaller device, as 80 % of the case's runs did on G4. Counts like five tries. */
const priorTries = { ended: 5, outOfMemory: 1 };

/**
 * What a campaign has seen of its classes, for the choice among a submission's options, whose expectations are the probe's
 * alone. Costs are corrected by the ends on each class; an option on whose device too many runs of the kind run out of
 * memory goes behind the larger ones. Pure.
 */
export class ClassCostModel {
  /** On the class that probes ran on no speeds were compared: what is seen there is the sample's fault, on every class. */
  private readonly ofSample: number;
  private readonly factors = new Map<string, number>();
  /** Classes whose devices were too small often enough to ask whether they are worth a try. */
  private readonly doubted = { measured: new Set<string>(), unknown: new Set<string>() };

  constructor(private readonly state: Pick<CampaignState, 'pace' | 'slots'>) {
    const seen = Object.entries(state.pace.byClass);
    const [probed] = seen.find(([, { probes }]) => probes > 0) ?? [];
    this.ofSample = probed === undefined ? 1 : this.shrunkOn(probed, 1);
    for (const [onClass, { tries }] of seen)
      for (const needs of ['measured', 'unknown'] as const) {
        const { outOfMemory, ended } = tries[needs];
        if (outOfMemory > 0 && ended >= this.fewestOn(onClass)) this.doubted[needs].add(onClass);
      }
  }

  /** The options, most wanted first; the same array where it is in order. `needMeasured`: a probe measured how much device memory the run takes. */
  preferred(options: RunOption[], needMeasured: boolean): RunOption[] {
    const cheapest = this.isCheapestFirst(options)
      ? options
      : [...options].sort((a, b) => this.costOf(a) - this.costOf(b));
    const needs = needMeasured ? 'measured' : 'unknown';
    if (this.doubted[needs].size === 0) return cheapest;
    const passedOver = cheapest.filter((option) => !this.isWorthATry(option, cheapest, needs));
    if (passedOver.length === 0) return cheapest;
    return [...cheapest.filter((option) => !passedOver.includes(option)), ...passedOver];
  }

  /** Nearly always; then there is nothing to sort or copy among many that wait. */
  private isCheapestFirst(options: readonly RunOption[]): boolean {
    let before = 0;
    for (const option of options) {
      const cost = this.costOf(option);
      if (cost < before) return false;
      before = cost;
    }
    return true;
  }

  /** Of the evaluations that ended on a class: how many ran out of device memory. */
  triesOn(onClass: string): Pick<DeviceTries, 'ended' | 'outOfMemory'> {
    const { measured, unknown } = this.paceOn(onClass).tries;
    return { ended: measured.ended + unknown.ended, outOfMemory: measured.outOfMemory + unknown.outOfMemory };
  }

  /** Expected cost in micro-dollars. */
  costOf({ class: onClass, expected }: RunOption): number {
    return expected * this.factorOf(onClass);
  }

  hoursOf({ class: onClass, hours }: RunOption): number {
    return hours * this.factorOf(onClass);
  }

  /**
   * How many times as long as the probes let expect evaluations take on a class. Where little has ended, by the sample's
   * fault alone: it must not make a class look cheaper that nothing ran on yet.
   */
  factorOf(onClass: string): number {
    const known = this.factors.get(onClass);
    if (known !== undefined) return known;
    const factor = this.shrunkOn(onClass, this.ofSample);
    this.factors.set(onClass, factor);
    return factor;
  }

  private shrunkOn(onClass: string, believed: number): number {
    const ends = shares(this.paceOn(onClass));
    return countOf(ends) < this.fewestOn(onClass) ? believed : shrunk(ends, believed);
  }

  private paceOn(onClass: string): ClassStatistics {
    return this.state.pace.byClass[onClass] ?? unknownPace;
  }

  private fewestOn(onClass: string): number {
    return Math.max(fewestEnds, endsPerSlot * (this.state.slots[onClass] ?? 0));
  }

  /** Whether the class has to be tried before the cheapest one with a larger device, by what such tries came to. */
  private isWorthATry(option: RunOption, cheapest: readonly RunOption[], needs: 'measured' | 'unknown'): boolean {
    if (!this.doubted[needs].has(option.class)) return true;
    const tries = this.paceOn(option.class).tries[needs];
    const larger = cheapest.find(({ gpuMemoryMiB }) => gpuMemoryMiB > option.gpuMemoryMiB);
    if (larger === undefined) return true;
    const failedShare = tries.failedShares / tries.outOfMemory;
    return successOf(tries) > breakEvenSuccess(this.costOf(option) / this.costOf(larger), failedShare);
  }
}

const successOf = ({ ended, outOfMemory }: DeviceTries): number =>
  1 - (outOfMemory + priorTries.outOfMemory) / (ended + priorTries.ended);

type Share = [share: number, count: number];

/**
 * Shares that evaluations took of what was expected. Those that ended early and were followed by another, because memory ran
 * out, say nothing; those that were cut off later than expected say that they take at least so long.
 */
const shares = ({ measured }: ClassStatistics): Share[] =>
  Object.values(measured)
    .map(([count, thousandths, followed]): Share => {
      const share = Math.max(1, thousandths / count) / 1000;
      return [share, share > 1 ? count : count - followed];
    })
    .filter(([, count]) => count > 0);

const countOf = (ends: readonly Share[]): number => ends.reduce((sum, [, some]) => sum + some, 0);

/** The median, which a few odd ends do not move; the fewer ends, the nearer to what was believed before. */
function shrunk(ends: Share[], believed: number): number {
  const count = countOf(ends);
  let below = 0;
  const [median = believed] = ends.sort(([a], [b]) => a - b).find(([, some]) => (below += some) >= count / 2) ?? [];
  return believed * (median / believed) ** (count / (count + priorEnds));
}
