import { appendCommands, type RecordedCommand } from '../ledger/command-log.ts';
import type { Dependencies } from './dependencies.ts';

/** Appends commands to the operators' log, from number `first` on. */
export const recordCommands = (
  deps: Dependencies,
  { campaign, first, acts }: { campaign: string; first: number; acts: RecordedCommand[] },
): Promise<void> => appendCommands(deps.results, campaign, first, acts);
