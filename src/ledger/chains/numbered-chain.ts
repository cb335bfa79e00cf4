import { inParallel } from '../../in-parallel.ts';
import type { Bucket } from '../../s3/object-store.ts';
import { sha256 } from '../../sha256.ts';
import type { Place } from '../chain-rules.ts';
import { parsedObject, recordChanged } from '../read-pinned.ts';
import { readsAtOnce } from '../ledger.ts';

/** A chain of a whole campaign: links oldest first, and the sha256 (hex) of each. */
export interface NumberedChain<Link> {
  links: Link[];
  digests: string[];
}

/** Where a chain is, and why a link does not belong at its place; undefined if it does. */
export interface ChainKind<Link> {
  folder: (campaign: string) => string;
  key: (campaign: string, sequence: number) => string;
  misplaced: (link: Link, place: Place) => string | undefined;
}

/** The objects 1.json, 2.json … of a chain, each written once. Throws RECORD_CHANGED or OBJECT_MISSING if it is broken. */
export async function readNumberedChain<Link extends object>(
  { store, bucket }: Bucket,
  kind: ChainKind<Link>,
  campaign: string,
): Promise<NumberedChain<Link>> {
  let count = 0;
  for await (const _ of store.list(bucket, kind.folder(campaign))) count += 1;
  const keys = Array.from({ length: count }, (_, index) => kind.key(campaign, index + 1));
  const bodies = await inParallel(readsAtOnce, keys, (key) => store.read(bucket, key));
  const digests = bodies.map(sha256);
  const links = bodies.map((body, index) => {
    const key = kind.key(campaign, index + 1);
    const link = parsedObject<Link>(bucket, key, body);
    const fault = kind.misplaced(link, { sequence: index + 1, predecessor: digests[index - 1] ?? null });
    if (fault !== undefined) throw recordChanged(bucket, key, fault);
    return link;
  });
  return { links, digests };
}
