import { appendActs, type RecordedAct } from '../ledger/acts.ts';
import type { Dependencies } from './dependencies.ts';

export type { RecordedAct } from '../ledger/acts.ts';

/** Keeps acts in the operators' chain, from number `first` on. */
export const recordActs = (
  deps: Dependencies,
  { campaign, first, acts }: { campaign: string; first: number; acts: RecordedAct[] },
): Promise<void> => appendActs(deps.store, deps.buckets.results, campaign, first, acts);
