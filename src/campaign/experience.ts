import { breakEvenSuccess } from './break-even.ts';
import type { RunOption } from './class-choice.ts';
import { noClassPace, type ClassPace, type DeviceTries, type Pace } from './pace.ts';

/** With fewer ends than this on a class, nothing is concluded from them. */
const fewestEnds = 10;
/** What was believed before counts like so many ends. */
const priorEnds = 10;

/** With fewer tries than this on a class, nothing is concluded from those that ran out of device memory. */
const fewestTries = 10;
/** Before any try: four of five fit into the smaller device, as 80 % of the case's runs did on G4. Counts like five tries. */
const priorTries = { ended: 5, outOfMemory: 1 };

/**
 * What a campaign has seen of its classes, for the choice among a submission's options, whose expectations are the probe's
 * alone. Costs are corrected by the ends on each class; an option on whose device too many runs of the kind run out of
 * memory goes behind the larger ones. Pure.
 */
export class Experience {
  /** On the class that probes ran on no speeds were compared: what is seen there is the sample's fault, on every class. */
  private readonly ofSample: number;
  private readonly factors = new Map<string, number>();

  constructor(private readonly pace: Pace) {
    const probed = Object.values(pace.byClass).filter(({ probes }) => probes > 0);
    this.ofSample = shrunk(probed.flatMap(shares), 1);
  }

  /** The options, most wanted first. `needMeasured`: a probe measured how much device memory the run takes. */
  preferred(options: readonly RunOption[], needMeasured: boolean): RunOption[] {
    const cheapest = options.length > 1 ? [...options].sort((a, b) => this.costOf(a) - this.costOf(b)) : [...options];
    const passedOver = cheapest.filter((option) => !this.isWorthATry(option, cheapest, needMeasured));
    if (passedOver.length === 0) return cheapest;
    return [...cheapest.filter((option) => !passedOver.includes(option)), ...passedOver];
  }

  /** Of the evaluations that ended on a class: how many ran out of device memory. */
  triesOn(onClass: string): Pick<DeviceTries, 'ended' | 'outOfMemory'> {
    const { measured, unknown } = (this.pace.byClass[onClass] ?? noClassPace()).tries;
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
    const factor = shrunk(shares(this.pace.byClass[onClass] ?? noClassPace()), this.ofSample);
    this.factors.set(onClass, factor);
    return factor;
  }

  /** Whether the class has to be tried before the cheapest one with a larger device, by what such tries came to. */
  private isWorthATry(option: RunOption, cheapest: readonly RunOption[], needMeasured: boolean): boolean {
    const larger = cheapest.find(({ gpuMemoryMiB }) => gpuMemoryMiB > option.gpuMemoryMiB);
    const tries = this.pace.byClass[option.class]?.tries[needMeasured ? 'measured' : 'unknown'];
    if (larger === undefined || tries === undefined || option.gpuMemoryMiB === 0) return true;
    if (tries.ended < fewestTries || tries.outOfMemory === 0) return true;
    const failedShare = tries.failedShares / tries.outOfMemory;
    return successOf(tries) > breakEvenSuccess(this.costOf(option) / this.costOf(larger), failedShare);
  }
}

const successOf = ({ ended, outOfMemory }: DeviceTries): number =>
  1 - (outOfMemory + priorTries.outOfMemory) / (ended + priorTries.ended);

type Share = [share: number, count: number];

/** Shares that evaluations took of what was expected; those that ended early because memory ran out say nothing. */
const shares = ({ measured }: ClassPace): Share[] =>
  Object.values(measured)
    .filter(([count, , followed]) => count > followed)
    .map(([count, thousandths, followed]) => [Math.max(1, thousandths / count) / 1000, count - followed]);

/** The median, which a few odd ends do not move; the fewer ends, the nearer to what was believed before. */
function shrunk(ends: Share[], believed: number): number {
  const count = ends.reduce((sum, [, some]) => sum + some, 0);
  if (count < fewestEnds) return believed;
  let below = 0;
  const [median = believed] = ends.sort(([a], [b]) => a - b).find(([, some]) => (below += some) >= count / 2) ?? [];
  return believed * (median / believed) ** (count / (count + priorEnds));
}
