import { clientException } from './aws-error.ts';

/** The paging fields of all list operations. */
interface PageRequest {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

/**
 * One page of items, which must be in ascending order of position. An item's position never changes, so a token stays valid
 * when items are added or removed between two pages. `maxPageSize` is the operation's own limit.
 */
export function paginate<T>(
  items: readonly T[],
  positionOf: (item: T) => number,
  request: PageRequest,
  maxPageSize: number,
): { items: T[]; nextToken?: string } {
  const after = request.nextToken === undefined ? -Infinity : readToken(request.nextToken);
  const rest = items.filter((item) => positionOf(item) > after);
  const shown = rest.slice(0, Math.min(request.maxResults ?? maxPageSize, maxPageSize));
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
