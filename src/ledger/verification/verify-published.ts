import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { resultObjects } from '../../object-keys.ts';
import { leaderboardCsv, rankLeaderboard } from '../../scoring/leaderboard.ts';
import { notContinued, type Heads } from '../heads.ts';
import { leaderboardEntries, resultsBody, type CampaignResults } from '../results.ts';
import { firstDifference, type CheckedObjects } from './object-bytes.ts';

interface Publication {
  frozen: FrozenCampaign;
  results: CampaignResults;
  heads: Heads | undefined;
  /** Nothing was recorded since. */
  isCurrent: boolean;
}

/** The published files, compared with heads.json and, if they are of now, with what follows from the record. */
export async function verifyPublished(
  objects: CheckedObjects,
  bucket: string,
  { frozen, results, heads, isCurrent }: Publication,
): Promise<void> {
  const { campaign } = frozen;
  const board = leaderboardCsv(rankLeaderboard(leaderboardEntries(results), frozen.leaderboard));
  if (!isCurrent) objects.findings.note('whether the published files follow from the record, which has grown since');
  for (const [key, body, sha256] of [
    [resultObjects.leaderboard(campaign), board, heads?.leaderboard],
    [resultObjects.results(campaign), resultsBody(results), heads?.results],
  ] as const) {
    const found = await objects.read(
      bucket,
      key,
      sha256 === undefined ? {} : { digest: { sha256, namedBy: 'heads.json' } },
    );
    const byte = found && isCurrent ? firstDifference(found, Buffer.from(body)) : undefined;
    if (byte !== undefined)
      objects.findings.fault(bucket, key, `byte ${byte} differs from what follows from the record`);
  }
}

/** Whether heads.json names the newest record of every chain. */
export const isPublicationOf = (
  heads: Heads,
  acts: readonly string[],
  digests: ReadonlyMap<string, readonly string[]>,
): boolean =>
  acts.length === heads.acts.records &&
  [...digests].every(([submission, { length }]) => length === (heads.ledger[submission]?.records ?? 0));

/** Whether the chains continue what was published. `digests`: of each submission's records, oldest first. */
export function verifyHeads(
  { findings }: CheckedObjects,
  bucket: string,
  campaign: string,
  heads: Heads,
  now: { acts: readonly string[]; unsealings: readonly string[]; digests: ReadonlyMap<string, readonly string[]> },
): void {
  const acts = notContinued(now.acts, heads.acts);
  if (acts !== undefined) findings.fault(bucket, resultObjects.act(campaign, Math.max(1, heads.acts.records)), acts);
  const unsealings = heads.unsealings && notContinued(now.unsealings, heads.unsealings);
  if (unsealings !== undefined) {
    const sequence = Math.max(1, heads.unsealings?.records ?? 1);
    findings.fault(bucket, resultObjects.unsealing(campaign, sequence), unsealings);
  }
  for (const [submission, head] of Object.entries(heads.ledger)) {
    const fault = notContinued(now.digests.get(submission) ?? [], head);
    if (fault !== undefined) findings.fault(bucket, resultObjects.ledger(campaign, submission, head.records), fault);
  }
  for (const [submission, digests] of now.digests) {
    if (digests.length === 0 || Object.hasOwn(heads.ledger, submission)) continue;
    findings.note(
      `the records of ${submission}, which are newer than the last publication, by a successor or by heads.json`,
    );
  }
}
