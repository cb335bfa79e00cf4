import { appendCommands, type RecordedCommand } from '../ledger/acts.ts';
import type { Dependencies } from './dependencies.ts';

export type { RecordedCommand as RecordedAct } from '../ledger/acts.ts';

/** Keeps acts in the operators' chain, from number `first` on. */
export const recordActs = (
  deps: Dependencies,
  { campaign, first, acts }: { campaign: string; first: number; acts: RecordedCommand[] },
): Promise<void> => appendCommands(deps.store, deps.buckets.results, campaign, first, acts);
