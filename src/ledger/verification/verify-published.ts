import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { resultObjects } from '../../object-keys.ts';
import { leaderboardCsv, rankLeaderboard } from '../../scoring/leaderboard.ts';
import { sha256 } from '../../sha256.ts';
import { notAsPublished, type Head, type Heads } from '../heads.ts';
import { leaderboardEntries, resultsBody, type CampaignResults } from '../results.ts';
import { firstDifference, type CheckedObjects } from './object-bytes.ts';
import { otherBoardFact, otherResultsFact } from './published-facts.ts';

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
  const { campaign, leaderboard: rules } = frozen;
  const rows = rankLeaderboard(leaderboardEntries(results), rules);
  if (!isCurrent) objects.findings.note('whether the published files follow from the record, which has grown since');
  await verifyFile(objects, bucket, {
    key: resultObjects.leaderboard(campaign),
    published: heads?.leaderboard,
    right: isCurrent ? leaderboardCsv(rows) : undefined,
    otherFact: (found) => otherBoardFact(found, rows),
  });
  await verifyFile(objects, bucket, {
    key: resultObjects.results(campaign),
    published: heads?.results,
    right: isCurrent ? resultsBody(results) : undefined,
    otherFact: (found) => otherResultsFact(found, results),
  });
}

interface PublishedFile {
  key: string;
  /** Its sha256 (hex), which heads.json names. */
  published: string | undefined;
  /** What this version writes; undefined if that is not known. */
  right: string | undefined;
  /** Which fact differs in what another version wrote. */
  otherFact: (found: Buffer) => string | undefined;
}

async function verifyFile(
  objects: CheckedObjects,
  bucket: string,
  { key, published, right, otherFact }: PublishedFile,
): Promise<void> {
  const digest = published === undefined ? undefined : { sha256: published, namedBy: 'heads.json' };
  const found = await objects.read(bucket, key, { digest });
  const byte = found && right !== undefined ? firstDifference(found, Buffer.from(right)) : undefined;
  if (found === undefined || byte === undefined) return;
  const isAsPublished = published === undefined || published === sha256(found);
  const fact = otherFact(found);
  if (isAsPublished && fact === undefined) {
    objects.findings.note('the words of the published files, which another version of Holdout wrote');
    return;
  }
  const what = `byte ${byte} differs from what follows from the record`;
  objects.findings.fault(bucket, key, fact === undefined ? what : `${what}: ${fact}`);
}

/** The digests (sha256, hex) of the chains, and the number of canaries that are recorded. */
interface Recorded {
  acts: readonly string[];
  unsealings: readonly string[];
  /** By submission. */
  ledger: ReadonlyMap<string, readonly string[]>;
  canaries: number;
}

/** Whether heads.json names the newest record of every chain, and every canary. */
export const isPublicationOf = (heads: Heads, { acts, ledger, canaries }: Recorded): boolean =>
  acts.length === heads.acts.records &&
  canaries === Object.keys(heads.canaries ?? {}).length &&
  [...ledger].every(([submission, { length }]) => length === (heads.ledger[submission]?.records ?? 0));

/** Whether the chains continue what was published. */
export function verifyHeads(
  { findings }: CheckedObjects,
  bucket: string,
  campaign: string,
  heads: Heads,
  now: Omit<Recorded, 'canaries'>,
): void {
  for (const { key, what } of notAsPublished(campaign, heads, now)) findings.fault(bucket, key, what);
  const chains: (readonly [digests: readonly string[], head: Head | undefined])[] = [
    [now.acts, heads.acts],
    [now.unsealings, heads.unsealings],
    ...Array.from(now.ledger, ([name, digests]) => [digests, heads.ledger[name]] as const),
  ];
  for (const [digests, head] of chains) if (digests.length > (head?.records ?? 0)) findings.note(unnamed);
}

const unnamed = 'the newest record of a chain: it is newer than the last publication, so nothing names its digest';
