import { resultObjects } from '../../object-keys.ts';
import type { NumberedChain } from '../chains/numbered-chain.ts';
import { otherReceipt, receiptsIn, withOtherReceipt } from '../chains/receipts.ts';
import type { ChainedUnsealing } from '../chains/unsealings.ts';
import { empty, type CheckedObjects } from './checked-objects.ts';

/** Compares unsealings with their receipts; returns whether the newest unsealing has one. `keys`: all of the bucket. */
export async function verifyReceipts(
  objects: CheckedObjects,
  bucket: string,
  { campaign, keys, chain }: { campaign: string; keys: readonly string[]; chain: NumberedChain<ChainedUnsealing> },
): Promise<boolean> {
  const { links, digests } = chain;
  const receipts = receiptsIn(keys, resultObjects.receiptsFolder(campaign));
  const other = withOtherReceipt(receipts, digests);
  if (other !== undefined) objects.findings.fault(bucket, resultObjects.unsealing(campaign, other), otherReceipt);
  for (const { sequence, receipt } of links) {
    if (!receipt || receipts.has(sequence)) continue;
    const key = resultObjects.receipt(campaign, sequence, digests[sequence - 1] ?? '');
    await objects.read(bucket, key, { digest: empty(resultObjects.unsealing(campaign, sequence)) });
  }
  for (const [sequence, named] of receipts) {
    for (const digest of named) {
      const key = resultObjects.receipt(campaign, sequence, digest);
      await objects.read(bucket, key, { digest: empty('its key') });
      const unsealing = resultObjects.unsealing(campaign, sequence);
      // The command that wrote the receipt was interrupted before it showed anything, or the unsealing was removed.
      if (sequence > digests.length)
        await objects.read(bucket, unsealing, { digest: { sha256: digest, namedBy: 'its receipt' } });
    }
  }
  return receipts.get(digests.length)?.has(digests.at(-1) ?? '') ?? false;
}
