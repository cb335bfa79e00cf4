/**
 * Builds a record keyed by names that people chose. It has no prototype, so a team named `constructor` inherits no value.
 * JSON turns it into an ordinary object, see {@link encodeState}.
 */
export const byName = <Value>(entries: Iterable<readonly [name: string, value: Value]> = []): Record<string, Value> =>
  Object.assign(Object.create(null) as Record<string, Value>, Object.fromEntries(entries));
