import { sha256 } from '../sha256.ts';

/**
 * The order of teams that are otherwise equal: ascending by the sha256 (hex) of `<seed>:<team>`. Anyone can compute it from
 * the published seed; the manifest's order plays no part.
 */
export function publishedOrder(seed: number, teams: Iterable<string>): string[] {
  const lots = new Map(Array.from(teams, (team) => [team, sha256(`${seed}:${team}`)]));
  return [...lots].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([team]) => team);
}
