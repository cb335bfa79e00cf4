import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { resultObjects } from '../../object-keys.ts';
import { leaderboardCsv, rankLeaderboard } from '../../scoring/leaderboard.ts';
import { sha256 } from '../../sha256.ts';
import { malformedHeads, notAsPublished, type Chains, type Head, type Heads } from '../heads.ts';
import type { LedgerRecord } from '../record.ts';
import { leaderboardEntries, resultsBody, type CampaignResults } from '../results.ts';
import { firstDifference, type CheckedObjects } from './checked-objects.ts';
import { otherBoardFact, otherResultsFact } from './published-facts.ts';

/** What was published, and what is recorded now. */
interface Publication {
  frozen: FrozenCampaign;
  results: CampaignResults;
  heads: Heads | undefined;
  /** Of all objects in the results bucket. */
  keys: readonly string[];
  recorded: Recorded;
}

/** The chains, the records of the ledger, and the number of canaries that are recorded. */
interface Recorded extends Chains {
  /** By submission, oldest record first. */
  chains: ReadonlyMap<string, readonly LedgerRecord[]>;
  canaries: number;
  /** The newest unsealing has a receipt. */
  isReceipted: boolean;
}

/** What was published, compared with the record. */
export async function verifyPublication(
  objects: CheckedObjects,
  bucket: string,
  publication: Publication,
): Promise<void> {
  const { frozen, results, heads, keys, recorded } = publication;
  const { campaign } = frozen;
  const published = [resultObjects.results, resultObjects.leaderboard, resultObjects.heads].map((of) => of(campaign));
  if (!published.some((key) => keys.includes(key))) {
    objects.findings.note('the newest record of each chain, because nothing is published yet');
    return;
  }
  if (heads) verifyHeads(objects, bucket, campaign, heads, recorded);
  else explainMissingHeads(objects, bucket, campaign, recorded);
  const isCurrent = heads
    ? isPublicationOf(heads, recorded)
    : results.state === 'finished' && ![...recorded.chains.values()].flat().some(hasEvidence);
  await verifyPublished(objects, bucket, publication, isCurrent);
}

const hasEvidence = ({ evidence }: LedgerRecord): boolean => evidence !== undefined;

/** Older versions published without heads.json, and their records have no evidence. A later one may have added records. */
function explainMissingHeads(
  { findings }: CheckedObjects,
  bucket: string,
  campaign: string,
  { chains }: Recorded,
): void {
  const first = [...chains.values()].flatMap(([record]) => record ?? []);
  if (first.length > 0 && first.every(hasEvidence))
    findings.fault(bucket, resultObjects.heads(campaign), 'it is missing; every publication writes it');
  else findings.note('the newest record of each chain, because an older Holdout published without heads.json');
}

/** The published files, compared with heads.json and, if nothing was recorded since, with what follows from the record. */
async function verifyPublished(
  objects: CheckedObjects,
  bucket: string,
  { frozen, results, heads }: Publication,
  isCurrent: boolean,
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

/** Whether heads.json names the newest record of every chain, and every canary. */
const isPublicationOf = (heads: Heads, { acts, ledger, canaries }: Recorded): boolean =>
  acts.length === heads.acts.records &&
  canaries === Object.keys(heads.canaries ?? {}).length &&
  [...ledger].every(([submission, { length }]) => length === (heads.ledger[submission]?.records ?? 0));

/** Whether the chains continue what was published. */
function verifyHeads(
  { findings }: CheckedObjects,
  bucket: string,
  campaign: string,
  heads: Heads,
  now: Recorded,
): void {
  const malformed = malformedHeads(heads);
  if (malformed !== undefined) findings.fault(bucket, resultObjects.heads(campaign), malformed);
  for (const { key, what } of notAsPublished(campaign, heads, now)) findings.fault(bucket, key, what);
  const chains: (readonly [digests: readonly string[], head: Head | undefined])[] = [
    [now.acts, heads.acts],
    ...(now.isReceipted ? [] : [[now.unsealings, heads.unsealings] as const]),
    ...Array.from(now.ledger, ([name, digests]) => [digests, heads.ledger[name]] as const),
  ];
  for (const [digests, head] of chains) if (digests.length > (head?.records ?? 0)) findings.note(unnamed);
}

const unnamed = 'the newest record of a chain: it is newer than the last publication, so nothing names its digest';
