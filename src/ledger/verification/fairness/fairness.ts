import type { FrozenCampaign } from '../../../campaign/model/frozen-campaign.ts';
import { mostPreparing } from '../../../campaign/scheduling/starts.ts';
import { publishedOrder } from '../../published-order.ts';
import { outOfTurn, type FirstStart } from './out-of-turn.ts';

/**
 * How the starts follow what the rules promise, as far as S3 shows it: work lists have the order in which submissions begin, and
 * outcomes show when containers started.
 */
export interface Fairness {
  /** Teams of which a container started, without those that are not compared. */
  teams: number;
  /** The most places by which a team's first start is later than its place in the published order. */
  latestByPlaces: number;
  /** Pairs of teams of equal weight that started in the other order, as a share of all such pairs. */
  swappedShare: number;
  /** The team that is latest by places, with both of its places from 1; null if none is late. */
  latest: { team: string; published: number; started: number } | null;
  /** Submissions that prepare at a time, at most. A team may pass that many others because its image is ready earlier. */
  atATime: number;
  /** Pairs of teams on one class that are at least that far apart, and those of them that started in the other order. */
  farPairs: number;
  farSwapped: number;
  /** First starts of submissions, and those before the turn of their team. */
  starts: number;
  outOfTurn: number;
  /** Work lists, and those whose teams are not in the published order. */
  workLists: number;
  otherLists: number;
  /** Teams that operators paused, resumed, reprioritised or added later. They are not compared. */
  steered: number;
}

/** What is compared with the published order. `starts`: one for each submission with a container. */
export interface SeenOrder {
  starts: readonly FirstStart[];
  steered: ReadonlySet<string>;
  /** The teams of each work list, in its order. */
  workLists: readonly (readonly string[])[];
}

/**
 * Compares the order of starts with the published order. They differ a little in a fair campaign too: images take different
 * times to prepare, and classes free slots at different times.
 */
export function fairnessOf({ fairness, instanceClasses }: FrozenCampaign, seen: SeenOrder): Fairness {
  const starts = seen.starts.filter(({ team }) => !seen.steered.has(team)).sort((a, b) => a.at - b.at);
  const first = new Map<string, FirstStart>();
  for (const start of starts) if (!first.has(start.team)) first.set(start.team, start);
  const published = publishedOrder(fairness.seed, first.keys()).flatMap((team) => first.get(team) ?? []);
  const slots = instanceClasses.reduce((sum, { slots }) => sum + slots, 0);
  const atATime = Math.min(slots, mostPreparing);
  const latest = latestOf(published);
  const isOther = (teams: readonly string[]): boolean => teams.join() !== publishedOrder(fairness.seed, teams).join();
  return {
    teams: published.length,
    latestByPlaces: latest === null ? 0 : latest.started - latest.published,
    ...swappedPairs(published, atATime, (team) => fairness.weights[team] ?? 1),
    latest,
    atATime,
    starts: starts.length,
    outOfTurn: outOfTurn(starts, fairness, atATime),
    workLists: seen.workLists.length,
    otherLists: seen.workLists.filter(isOther).length,
    steered: seen.steered.size,
  };
}

/** The team whose first start is the most places later than published; the first of several. */
function latestOf(published: readonly FirstStart[]): Fairness['latest'] {
  const started = [...published].sort((a, b) => a.at - b.at);
  const places = new Map(started.map(({ team }, place) => [team, place + 1]));
  let latest: Fairness['latest'] = null;
  for (const [place, { team }] of published.entries()) {
    const one = { team, published: place + 1, started: places.get(team) ?? 0 };
    if (one.started - one.published > (latest === null ? 0 : latest.started - latest.published)) latest = one;
  }
  return latest;
}

function swappedPairs(
  published: readonly FirstStart[],
  atATime: number,
  weightOf: (team: string) => number,
): Pick<Fairness, 'swappedShare' | 'farPairs' | 'farSwapped'> {
  const equal = { pairs: 0, swapped: 0 };
  const far = { pairs: 0, swapped: 0 };
  const count = (pairs: typeof equal, isSwapped: boolean): void => {
    pairs.pairs += 1;
    if (isSwapped) pairs.swapped += 1;
  };
  for (const [place, before] of published.entries()) {
    for (let other = place + 1; other < published.length; other += 1) {
      const after = published[other] ?? before;
      const isSwapped = before.at > after.at;
      if (weightOf(before.team) === weightOf(after.team)) count(equal, isSwapped);
      if (other - place >= atATime && before.class === after.class) count(far, isSwapped);
    }
  }
  const share = equal.pairs === 0 ? 0 : Math.round((equal.swapped / equal.pairs) * 10_000) / 10_000;
  return { swappedShare: share, farPairs: far.pairs, farSwapped: far.swapped };
}
