import { numberInKey } from '../../ids.ts';

/**
 * The digests (sha256, hex) that receipts name, by the number of the unsealing. A receipt is written before its unsealing, so
 * that a change or removal of the newest unsealing shows although no later record names it. One that somebody else's unsealing
 * came before stays as well, so an unsealing may have several.
 */
export type Receipts = ReadonlyMap<number, ReadonlySet<string>>;

/** The receipts among keys; those that are named otherwise are left out. */
export function receiptsIn(keys: readonly string[], folder: string): Receipts {
  const receipts = new Map<number, Set<string>>();
  for (const key of keys.filter((key) => key.startsWith(folder))) {
    const [, number, digest = ''] = /^(\d+)-([0-9a-f]{64})$/.exec(key.slice(folder.length)) ?? [];
    const sequence = numberInKey(number);
    if (sequence !== undefined) receipts.set(sequence, (receipts.get(sequence) ?? new Set()).add(digest));
  }
  return receipts;
}

/** The number of the first unsealing that is not the one of its receipts, given the digests of all; undefined if all are. */
export function withOtherReceipt(receipts: Receipts, digests: readonly string[]): number | undefined {
  const index = digests.findIndex((digest, index) => receipts.get(index + 1)?.has(digest) === false);
  return index < 0 ? undefined : index + 1;
}

/** The fault of such an unsealing. */
export const otherReceipt = 'its sha256 is not the one in its receipt';
