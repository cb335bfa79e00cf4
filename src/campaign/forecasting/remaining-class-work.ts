import type { CampaignState } from '../state/campaign-state.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';
import { noClassStatistics, type ClassStatistics, type EndedEvaluations } from '../state/run-statistics.ts';
import type { EndedAlike } from './kaplan-meier.ts';

/** What is known of a class and of the evaluations on it; classes by their places, times in seconds. */
export interface RemainingClassWork {
  name: string;
  slots: number;
  microUsdPerSecond: number;
  /** A run holds its slot so much longer than it is billed. */
  unbilled: number;
  /** Seconds that all runs took here, and how many of them the platform lost. */
  ran: { seconds: number; lost: number };
  /** In shares of what was expected, in rising order. */
  measured: EndedAlike[];
  /** Where nothing was expected; in rising order. */
  unmeasured: EndedAlike[];
  /** By class: evaluations that followed one here. */
  followers: number[];
  /** By class: how much longer an evaluation takes there. */
  longer: number[];
  /** Where its evaluations go in a hurry, or when it has no slot. */
  detours: number[];
}

/** With fewer ends than this on a class, those of another stand in for what is missing. */
const enoughEnds = 5;
/** What a probe lets expect counts like so many evaluations that took just that. */
const asExpected: EndedAlike = { seconds: 1, ended: 5, followed: 0, lost: 0 };

/** Every class with what the ended runs taught. Pure. */
export function remainingClassWork(state: CampaignState, rows: readonly InstanceClass[]): RemainingClassWork[] {
  const paces = rows.map(({ name }) => state.statistics.byClass[name] ?? noClassStatistics());
  const measured = paces.map((pace) => endedAlike(Object.values(pace.measured), 1 / 1000));
  const unmeasured = paces.map((pace) => endedAlike(Object.values(pace.unmeasured), 1));
  const longer = rows.map((row) => rows.map((other) => longerOn(row, other)));
  return rows.map((row, place) => {
    const pace = paces[place] ?? noClassStatistics();
    return {
      name: row.name,
      slots: state.slots[row.name] ?? 0,
      microUsdPerSecond: row.microUsdPerHour / 3600,
      unbilled: unbilledOf(pace),
      ran: pace.ran,
      measured: sorted([...withStandIns(measured, place, () => 1), asExpected]),
      unmeasured: withStandIns(unmeasured, place, (other) => longer[other]?.[place] ?? 1),
      followers: rows.map(({ name }) => pace.nextClasses.find((follower) => follower.class === name)?.count ?? 0),
      longer: longer[place] ?? [],
      detours: rows.flatMap((other, to) => (isDetour(row, other) ? [to] : [])),
    };
  });
}

/** Integer keys come in rising order. */
function endedAlike(ends: readonly EndedEvaluations[], unit: number): EndedAlike[] {
  const alike: EndedAlike[] = [];
  let before = 0;
  for (const { count: ended, sum, followed, lost } of ends) {
    if (ended > 0) alike.push({ seconds: (unit * sum) / ended, ended, followed, lost: before + lost });
    before = ended > 0 ? 0 : before + lost;
  }
  return alike;
}

const longerOn = (from: InstanceClass, to: InstanceClass): number =>
  from.kind === to.kind ? from.relativeSpeed / to.relativeSpeed : 1;

const isDetour = (from: InstanceClass, to: InstanceClass): boolean =>
  to.kind === from.kind &&
  to.microUsdPerHour > from.microUsdPerHour &&
  (to.gpuMemoryMiB ?? 0) >= (from.gpuMemoryMiB ?? 0);

const unbilledOf = ({ held }: ClassStatistics): number =>
  held.runs === 0 ? 0 : Math.max(0, (held.seconds - held.billed) / held.runs);

const countOf = (ends: readonly EndedAlike[] = []): number => ends.reduce((sum, { ended }) => sum + ended, 0);

/** Where little has ended: what ended on the best-known class; nobody knows what follows it here. */
function withStandIns(
  known: readonly EndedAlike[][],
  place: number,
  longerThanOn: (other: number) => number,
): EndedAlike[] {
  const own = known[place] ?? [];
  const missing = enoughEnds - countOf(own);
  if (missing <= 0) return own;
  const [best] = known
    .map((_, other) => other)
    .filter((other) => other !== place && countOf(known[other]) > 0)
    .sort((a, b) => countOf(known[b]) - countOf(known[a]));
  if (best === undefined) return own;
  const share = missing / countOf(known[best]);
  const standIns = (known[best] ?? []).map(({ seconds, ended }) => ({
    seconds: seconds * longerThanOn(best),
    ended: ended * share,
    followed: 0,
    lost: 0,
  }));
  return sorted([...own, ...standIns]);
}

const sorted = (ends: EndedAlike[]): EndedAlike[] => ends.sort((a, b) => a.seconds - b.seconds);
