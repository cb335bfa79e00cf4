import type { FrozenCampaign } from '../../../campaign/model/frozen-campaign.ts';

/** The first start of a container of a submission. */
export interface FirstStart {
  team: string;
  class: string;
  /** Instant (ms). */
  at: number;
}

/**
 * Counts the starts, in their order, before the turn of their team: another team had started fewer submissions for its weight,
 * still had one for the same class, and waited for at least `atATime` more starts. A team with its `perTeamInFlight` started may
 * have had to wait for its own.
 */
export function outOfTurn(
  starts: readonly FirstStart[],
  { weights, perTeamInFlight }: FrozenCampaign['fairness'],
  atATime: number,
): number {
  const teams = new Map<string, { started: number; weight: number; places: number[] }>();
  for (const [place, { team }] of starts.entries()) {
    const known = teams.get(team) ?? { started: 0, weight: weights[team] ?? 1, places: [] };
    known.places.push(place);
    teams.set(team, known);
  }
  const all = [...teams.values()];
  let count = 0;
  for (const [place, start] of starts.entries()) {
    const own = teams.get(start.team);
    if (own === undefined) continue;
    const isPassedOver = all.some((other) => {
      const next = other.places[other.started];
      if (next === undefined || next - place < atATime || starts[next]?.class !== start.class) return false;
      return other.started < perTeamInFlight && other.started / other.weight < own.started / own.weight;
    });
    if (isPassedOver) count += 1;
    own.started += 1;
  }
  return count;
}
