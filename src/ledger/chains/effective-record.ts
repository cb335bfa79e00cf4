import { responsibleParty } from '../../campaign/model/reasons.ts';
import type { LedgerRecord } from '../record.ts';

/**
 * The effective record of a submission, from its records oldest first: the newest that was scored or failed by the team's
 * fault. A later round that was cancelled or failed by the platform does not replace it.
 */
export const effectiveRecord = (records: readonly LedgerRecord[]): LedgerRecord | undefined =>
  records.findLast(({ reason }) => reason === null || responsibleParty(reason) === 'team') ?? records.at(-1);
