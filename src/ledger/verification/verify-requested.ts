import { roundKeyOf, type TeamRound } from '../../campaign/model/rounds.ts';
import { resultObjects } from '../../object-keys.ts';
import type { LedgerRecord } from '../record.ts';
import type { CheckedObjects } from './checked-objects.ts';

/** A record of a round that neither the hand-in nor an accepted command asked for could replace a result unnoticed. */
export function verifyRequested(
  { findings }: CheckedObjects,
  bucket: string,
  rounds: readonly TeamRound[],
  chains: ReadonlyMap<string, readonly LedgerRecord[]>,
): void {
  const requested = new Set(rounds.map(roundKeyOf));
  for (const [submission, records] of chains) {
    for (const [index, { campaign }] of records.entries()) {
      const sequence = index + 1;
      if (requested.has(roundKeyOf({ submission, sequence }))) continue;
      findings.fault(bucket, resultObjects.ledger(campaign, submission, sequence), 'nobody asked for this round');
    }
  }
}
