import { clientException } from './aws-error.ts';

/** The paging fields that the list operations share. */
export interface PageRequest {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

/**
 * One page of items that lie in ascending order of a position which an item keeps for ever, so that a token stays good
 * when items come and go between two pages. `most` is the operation's own cap.
 */
export function paginate<T>(
  items: readonly T[],
  positionOf: (item: T) => number,
  request: PageRequest,
  most: number,
): { items: T[]; nextToken?: string } {
  const after = request.nextToken === undefined ? -Infinity : readToken(request.nextToken);
  const rest = items.filter((item) => positionOf(item) > after);
  const shown = rest.slice(0, Math.min(request.maxResults ?? most, most));
  const last = shown.at(-1);
  return last === undefined || shown.length === rest.length
    ? { items: shown }
    : { items: shown, nextToken: Buffer.from(`after ${positionOf(last)}`).toString('base64url') };
}

function readToken(token: string): number {
  const position = /^after (-?[0-9]+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1];
  if (position === undefined) throw clientException('nextToken is not one that this endpoint gave');
  return Number(position);
}
