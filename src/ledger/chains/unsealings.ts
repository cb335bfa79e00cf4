import type { Bucket } from '../../s3/object-store.ts';
import { resultObjects } from '../../object-keys.ts';
import { misplacedUnsealing } from '../chain-rules.ts';
import { readNumberedChain, type ChainKind, type NumberedChain } from './numbered-chain.ts';

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
};

export const unsealingChain: ChainKind<ChainedUnsealing> = {
  folder: resultObjects.unsealingsFolder,
  key: resultObjects.unsealing,
  misplaced: misplacedUnsealing,
};

/** All unsealings of a campaign in order, and their digests. Throws RECORD_CHANGED or OBJECT_MISSING. */
export const unsealingsOf = (results: Bucket, campaign: string): Promise<NumberedChain<ChainedUnsealing>> =>
  readNumberedChain(results, unsealingChain, campaign);

/** Appends an unsealing behind all others, also behind those of other people at the same time. */
export async function appendUnsealing(results: Bucket, campaign: string, unsealing: Unsealing): Promise<void> {
  for (;;) {
    const { links, digests } = await unsealingsOf(results, campaign);
    const sequence = links.length + 1;
    const chained: ChainedUnsealing = { version: 1, sequence, predecessor: digests.at(-1) ?? null, ...unsealing };
    const body = `${JSON.stringify(chained, null, 2)}\n`;
    if (await results.store.writeIfAbsent(results.bucket, resultObjects.unsealing(campaign, sequence), body)) return;
  }
}
