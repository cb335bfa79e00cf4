import type { Reason } from '../campaign/model/reasons.ts';
import type { TeamRound } from '../campaign/model/rounds.ts';
import { inParallel } from '../in-parallel.ts';
import type { Bucket } from '../s3/object-store.ts';
import { appendIfOpen, readsAtOnce } from './ledger.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects } from '../object-keys.ts';

/** Records rounds that never began as cancelled, unless they have a record; returns how many this call recorded. */
export async function cancelRounds(
  results: Bucket,
  campaign: string,
  rounds: readonly TeamRound[],
  because: { reason: Reason; detail: string },
): Promise<number> {
  const bySubmission = new Map<string, TeamRound[]>();
  for (const round of rounds) {
    bySubmission.set(round.submission, [...(bySubmission.get(round.submission) ?? []), round]);
  }
  let closed = 0;
  const frozen = sha256(await results.store.read(results.bucket, resultObjects.campaign(campaign)));
  await inParallel(readsAtOnce, [...bySubmission.values()], async (ofSubmission) => {
    for (const { submission, team, sequence } of ofSubmission.sort((a, b) => a.sequence - b.sequence)) {
      const before = resultObjects.ledger(campaign, submission, sequence - 1);
      const wrote = await appendIfOpen(results, {
        version: 1,
        campaign,
        submission,
        team,
        sequence,
        predecessor: sequence === 1 ? null : sha256(await results.store.read(results.bucket, before)),
        state: 'cancelled',
        ...because,
        runs: [],
        score: null,
        image: null,
        evidence: { campaign: frozen, runs: {}, findings: [] },
      });
      if (wrote) closed += 1;
    }
  });
  return closed;
}
