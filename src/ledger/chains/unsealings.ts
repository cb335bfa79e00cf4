import type { Bucket } from '../../s3/object-store.ts';
import { resultObjects } from '../../object-keys.ts';
import { sha256 } from '../../sha256.ts';
import { misplacedUnsealing } from '../chain-rules.ts';
import { recordChanged } from '../read-pinned.ts';
import { readNumberedChain, type ChainKind, type NumberedChain } from './numbered-chain.ts';
import { otherReceipt, receiptsIn, withOtherReceipt } from './receipts.ts';

/** What can be opened of a run. */
export type SealedPart = 'log' | 'output';

/** Who opened what, when and why. Written before anything is shown. */
export interface Unsealing {
  submission: string;
  /** The run's number. */
  n: number;
  part: SealedPart;
  /** ISO instant. */
  at: string;
  by: string;
  /** The operator's note. */
  reason: string;
}

/** An unsealing in the results bucket, written once. */
export type ChainedUnsealing = Unsealing & {
  version: 1;
  /** 1, 2, 3 … over the whole campaign. */
  sequence: number;
  /** sha256 (hex) of the unsealing before this one; null for the first. */
  predecessor: string | null;
  /** It has a receipt. Absent in older ones. */
  receipt?: true;
};

export const unsealingChain: ChainKind<ChainedUnsealing> = {
  folder: resultObjects.unsealingsFolder,
  key: resultObjects.unsealing,
  misplaced: misplacedUnsealing,
};

/** All unsealings of a campaign in order, and their digests. Throws RECORD_CHANGED or OBJECT_MISSING. */
export async function unsealingsOf(
  { store, bucket }: Bucket,
  campaign: string,
): Promise<NumberedChain<ChainedUnsealing>> {
  const chain = await readNumberedChain({ store, bucket }, unsealingChain, campaign);
  const folder = resultObjects.receiptsFolder(campaign);
  const keys: string[] = [];
  for await (const key of store.list(bucket, folder)) keys.push(key);
  const other = withOtherReceipt(receiptsIn(keys, folder), chain.digests);
  if (other !== undefined) throw recordChanged(bucket, resultObjects.unsealing(campaign, other), otherReceipt);
  return chain;
}

/**
 * Appends an unsealing behind all others, also behind those of other people at the same time. Its receipt comes first, so that
 * nothing is ever shown that has none.
 */
export async function appendUnsealing(results: Bucket, campaign: string, unsealing: Unsealing): Promise<void> {
  for (;;) {
    const { links, digests } = await unsealingsOf(results, campaign);
    const sequence = links.length + 1;
    const place = { sequence, predecessor: digests.at(-1) ?? null, receipt: true } as const;
    const chained: ChainedUnsealing = { version: 1, ...place, ...unsealing };
    const body = `${JSON.stringify(chained, null, 2)}\n`;
    await results.store.writeIfAbsent(results.bucket, resultObjects.receipt(campaign, sequence, sha256(body)), '');
    if (await results.store.writeIfAbsent(results.bucket, resultObjects.unsealing(campaign, sequence), body)) return;
  }
}
