import { sha256 } from '../sha256.ts';

/**
 * The order among teams that are equal otherwise, which anybody can compute again from the published seed: ascending by
 * the sha256 (hex) of `<seed>:<team>`. It does not depend on the manifest's order.
 */
export function publishedOrder(seed: number, teams: Iterable<string>): string[] {
  const lots = new Map(Array.from(teams, (team) => [team, sha256(`${seed}:${team}`)]));
  return [...lots].sort(([, a], [, b]) => (a < b ? -1 : 1)).map(([team]) => team);
}
