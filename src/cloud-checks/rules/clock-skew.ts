/** AWS refuses requests whose time differs by more than this, in ms (SigV4: "RequestTimeTooSkewed"). */
const refusedAfter = 300_000;

/** From here on the difference is worth a word: the clock may be drifting. */
const notedAfter = 30_000;

/** Milliseconds that this clock is ahead of the server's, by the Date header of an answer; undefined without one. */
export function skewOf(date: string | undefined, sentAt: number, answeredAt: number): number | undefined {
  const server = date === undefined ? NaN : Date.parse(date);
  // The header has whole seconds; the answer was made somewhere between both instants.
  return Number.isNaN(server) ? undefined : (sentAt + answeredAt) / 2 - (server + 500);
}

export const skewKind = (skew: number): 'right' | 'off' | 'refused' => {
  const size = Math.abs(skew);
  if (size > refusedAfter) return 'refused';
  return size > notedAfter ? 'off' : 'right';
};

/** `600 s ahead of`, `12.5 s behind`. */
export const skewText = (skew: number): string =>
  `${Math.round(Math.abs(skew) / 100) / 10} s ${skew > 0 ? 'ahead of' : 'behind'}`;
