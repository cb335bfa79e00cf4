import type { CampaignFacts } from '../state/campaign-state.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { noClassStatistics, type ClassStatistics, type EndedEvaluations } from '../state/run-statistics.ts';
import type { DurationGroup } from './kaplan-meier.ts';

/** Knowledge about a class and the evaluations on it. Other classes are given by index, times in seconds. */
export interface RemainingClassWork {
  name: string;
  slots: number;
  microUsdPerSecond: number;
  /** Seconds that a run holds its slot beyond what is billed. */
  overheadSeconds: number;
  /** Seconds of all runs on this class, and how many runs the platform lost. */
  exposure: { seconds: number; lost: number };
  /** Durations relative to the expected duration, in ascending order. */
  measured: DurationGroup[];
  /** Durations of evaluations without an expected duration, in ascending order. */
  unmeasured: DurationGroup[];
  /** By class: runs that followed an evaluation on this one. */
  successorCounts: number[];
  /** By class: factor by which an evaluation takes longer there. */
  slowdown: number[];
  /** More expensive classes that can take over evaluations, if grants are expedited or this class has no slots. */
  alternatives: number[];
}

/** With fewer ended evaluations on a class, evaluations on another class make up the difference. */
const enoughEnded = 5;
/** Prior: a probe's prediction counts as this many evaluations that took exactly the predicted time. */
const predictionPrior: DurationGroup = { seconds: 1, ended: 5, followed: 0, lostBefore: 0 };

/** Every class with the statistics of its ended runs. */
export function remainingClassWork(state: CampaignFacts, rows: readonly InstanceClass[]): RemainingClassWork[] {
  const statistics = rows.map(({ name }) => state.statistics.byClass[name] ?? noClassStatistics());
  const measured = statistics.map((known) => groupsOf(Object.values(known.measured), 1 / 1000));
  const unmeasured = statistics.map((known) => groupsOf(Object.values(known.unmeasured), 1));
  const slowdowns = rows.map((row) => rows.map((other) => slowdownOf(row, other)));
  return rows.map((row, index) => {
    const known = statistics[index] ?? noClassStatistics();
    return {
      name: row.name,
      slots: state.slots[row.name] ?? 0,
      microUsdPerSecond: row.microUsdPerHour / 3600,
      overheadSeconds: overheadOf(known),
      exposure: known.ran,
      measured: sorted([...withSubstitutes(measured, index, () => 1), predictionPrior]),
      unmeasured: withSubstitutes(unmeasured, index, (other) => slowdowns[other]?.[index] ?? 1),
      successorCounts: rows.map(({ name }) => known.nextClasses.find((one) => one.class === name)?.count ?? 0),
      slowdown: slowdowns[index] ?? [],
      alternatives: rows.flatMap((other, to) => (isAlternative(row, other) ? [to] : [])),
    };
  });
}

/** The statistics have integer keys, so their values are in ascending order. */
function groupsOf(bins: readonly EndedEvaluations[], unit: number): DurationGroup[] {
  const groups: DurationGroup[] = [];
  let lostBefore = 0;
  for (const { count: ended, sum, followed, lost } of bins) {
    if (ended > 0) groups.push({ seconds: (unit * sum) / ended, ended, followed, lostBefore: lostBefore + lost });
    lostBefore = ended > 0 ? 0 : lostBefore + lost;
  }
  return groups;
}

const slowdownOf = (from: InstanceClass, to: InstanceClass): number =>
  from.kind === to.kind ? from.relativeSpeed / to.relativeSpeed : 1;

const isAlternative = (from: InstanceClass, to: InstanceClass): boolean =>
  to.kind === from.kind &&
  to.microUsdPerHour > from.microUsdPerHour &&
  (to.gpuMemoryMiB ?? 0) >= (from.gpuMemoryMiB ?? 0);

const overheadOf = ({ held }: Pick<ClassStatistics, 'held'>): number =>
  held.runs === 0 ? 0 : Math.max(0, (held.seconds - held.billed) / held.runs);

const endedIn = (groups: readonly DurationGroup[] = []): number => groups.reduce((sum, { ended }) => sum + ended, 0);

/** Makes up for missing evaluations with those of the best-known class; whether a run follows is not carried over. */
function withSubstitutes(
  known: readonly DurationGroup[][],
  index: number,
  slowdownFrom: (other: number) => number,
): DurationGroup[] {
  const own = known[index] ?? [];
  const missing = enoughEnded - endedIn(own);
  if (missing <= 0) return own;
  const [best] = known
    .map((_, other) => other)
    .filter((other) => other !== index && endedIn(known[other]) > 0)
    .sort((a, b) => endedIn(known[b]) - endedIn(known[a]));
  if (best === undefined) return own;
  const share = missing / endedIn(known[best]);
  const substitutes = (known[best] ?? []).map(({ seconds, ended }) => ({
    seconds: seconds * slowdownFrom(best),
    ended: ended * share,
    followed: 0,
    lostBefore: 0,
  }));
  return sorted([...own, ...substitutes]);
}

const sorted = (groups: DurationGroup[]): DurationGroup[] => groups.sort((a, b) => a.seconds - b.seconds);
