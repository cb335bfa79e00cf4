import type { ChainKind, NumberedChain } from '../chains/numbered-chain.ts';
import type { CheckedObjects } from './checked-objects.ts';

/** A chain of a whole campaign, of which `count` objects are there. Leaves out links that do not belong where they are. */
export async function verifyNumberedChain<Link extends object>(
  objects: CheckedObjects,
  bucket: string,
  kind: ChainKind<Link>,
  { campaign, count }: { campaign: string; count: number },
): Promise<NumberedChain<Link>> {
  const chain: NumberedChain<Link> = { links: [], digests: [] };
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const key = kind.key(campaign, sequence);
    const found = await objects.readJson<Link>(bucket, key);
    if (found === undefined) break;
    const fault = kind.misplaced(found.value, { sequence, predecessor: chain.digests.at(-1) ?? null });
    if (fault === undefined) chain.links.push(found.value);
    else objects.findings.fault(bucket, key, fault);
    chain.digests.push(found.digest);
  }
  return chain;
}
