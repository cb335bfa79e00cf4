import { createHash } from 'node:crypto';
import { clientException } from './aws-error.ts';

/** The paging fields of all list operations. */
interface PageRequest {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

/**
 * One page of items, which must be in ascending order of position. An item's position never changes, so a token stays valid
 * when items are added or removed between two pages; it belongs to its query, all fields of the request but the paging ones.
 * `maxPageSize` is the operation's own limit.
 */
export function paginate<T>(
  items: readonly T[],
  positionOf: (item: T) => number,
  request: PageRequest,
  maxPageSize: number,
): { items: T[]; nextToken?: string } {
  const { maxResults, nextToken, ...query } = request;
  const digest = digestOf(query);
  const after = nextToken === undefined ? -Infinity : readToken(nextToken, digest);
  const rest = items.filter((item) => positionOf(item) > after);
  const shown = rest.slice(0, Math.min(maxResults ?? maxPageSize, maxPageSize));
  const last = shown.at(-1);
  return last === undefined || shown.length === rest.length
    ? { items: shown }
    : { items: shown, nextToken: Buffer.from(`after ${positionOf(last)} of ${digest}`).toString('base64url') };
}

const digestOf = (query: object): string =>
  createHash('sha256').update(JSON.stringify(query)).digest('hex').slice(0, 16);

function readToken(token: string, digest: string): number {
  const [, position, query] = /^after (-?[0-9]+) of (.*)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (position === undefined) throw clientException('nextToken is not one that this endpoint gave');
  if (query !== digest) throw clientException('nextToken belongs to another query');
  return Number(position);
}
