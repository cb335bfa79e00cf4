import type { FrozenCampaign, Submission } from '../../campaign/model/frozen-campaign.ts';
import { publishedOrder } from '../published-order.ts';

/** How the teams' first starts follow the published order, as far as outcomes show when containers started. */
export interface Fairness {
  /** Teams of which a container started. */
  teams: number;
  /** The most places by which a team's first start is later than its place in the published order. */
  latestByPlaces: number;
  /** Pairs of teams of equal weight that started in the other order, as a share of all such pairs. */
  swappedShare: number;
}

/**
 * Compares the order of the teams' first starts with the published order. They differ a little in a fair campaign too: images
 * take different times to prepare, and classes free slots at different times. `starts`: instant (ms) by submission.
 */
export function fairnessOf(
  { fairness }: FrozenCampaign,
  rows: readonly Submission[],
  starts: ReadonlyMap<string, number>,
): Fairness {
  const first = new Map<string, number>();
  for (const { submission, team } of rows) {
    const start = starts.get(submission);
    if (start !== undefined) first.set(team, Math.min(start, first.get(team) ?? Infinity));
  }
  const published = publishedOrder(fairness.seed, first.keys());
  const started = [...published].sort((a, b) => (first.get(a) ?? 0) - (first.get(b) ?? 0));
  const places = new Map(started.map((team, place) => [team, place]));
  const late = published.map((team, place) => (places.get(team) ?? place) - place);
  const weightOf = (team: string): number => fairness.weights[team] ?? 1;
  let pairs = 0;
  let swapped = 0;
  for (const [index, before] of published.entries()) {
    for (const after of published.slice(index + 1)) {
      if (weightOf(before) !== weightOf(after)) continue;
      pairs += 1;
      if ((first.get(before) ?? 0) > (first.get(after) ?? 0)) swapped += 1;
    }
  }
  return {
    teams: published.length,
    latestByPlaces: late.reduce((most, places) => Math.max(most, places), 0),
    swappedShare: pairs === 0 ? 0 : Math.round((swapped / pairs) * 10_000) / 10_000,
  };
}
