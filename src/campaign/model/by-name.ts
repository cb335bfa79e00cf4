/**
 * A record keyed by names that people chose. It has no prototype, so that a team called `constructor` finds nothing
 * inherited; JSON makes ordinary objects of it, see {@link restoredState}. Pure.
 */
export const byName = <Value>(entries: Iterable<readonly [name: string, value: Value]> = []): Record<string, Value> =>
  Object.assign(Object.create(null) as Record<string, Value>, Object.fromEntries(entries));
