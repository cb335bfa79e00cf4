import { resultObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { parsedObject } from './read-pinned.ts';

/**
 * heads.json, written with every publication: what the record was then. It names the newest record of each chain, which no
 * later record names. All digests are sha256 (hex).
 */
export interface Heads {
  version: 1;
  /** Of campaign.json. */
  campaign: string;
  acts: Head;
  /** Absent in older publications. */
  unsealings?: Head;
  /** By submission; one without a record is absent. */
  ledger: Record<string, Head>;
  /** Of each canary's record, by its key. Absent in older publications. */
  canaries?: Record<string, string>;
  /** Of the published files. */
  results: string;
  leaderboard: string;
}

const fields: Readonly<Record<keyof Heads, true>> = {
  version: true,
  campaign: true,
  acts: true,
  unsealings: true,
  ledger: true,
  canaries: true,
  results: true,
  leaderboard: true,
};

/** Why heads.json has not the form of one; undefined if it has. Nothing names its digest, so a misspelt field would be lost. */
export function malformedHeads(heads: Heads): string | undefined {
  const unknown = Object.keys(heads).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) return `\`${unknown}\` is no field of it`;
  return heads.version === 1 ? undefined : '`version` is not 1';
}

/** The length of a chain and the digest of its newest record; null if it is empty. */
export interface Head {
  records: number;
  newest: string | null;
}

/** The heads of the last publication; undefined if nothing was published, or by an older version. Throws RECORD_CHANGED. */
export async function readHeads({ store, bucket }: Bucket, campaign: string): Promise<Heads | undefined> {
  const key = resultObjects.heads(campaign);
  const body = await store.find(bucket, key);
  return body && parsedObject<Heads>(bucket, key, body);
}

/** Why a chain (the digests of its records, oldest first) does not continue what was published; undefined if it does. */
function notContinued(digests: readonly string[], head: Head): string | undefined {
  if (digests.length < head.records)
    return `the publication had ${head.records} records by heads.json, and there are ${digests.length}`;
  const found = head.records === 0 ? null : digests[head.records - 1];
  return found === head.newest ? undefined : `record ${head.records} is not the one that heads.json names`;
}

/** The chains of a campaign now: the sha256 (hex) of each record, oldest first. */
export interface Chains {
  acts: readonly string[];
  unsealings: readonly string[];
  /** By submission. */
  ledger: ReadonlyMap<string, readonly string[]>;
}

/** The records that the last publication names and that are no longer there: each by its key, and why it is not. */
export function notAsPublished(
  campaign: string,
  heads: Heads,
  { acts, unsealings, ledger }: Chains,
): { key: string; what: string }[] {
  const found: { key: string; what: string }[] = [];
  const compare = (head: Head, digests: readonly string[], keyOf: (sequence: number) => string): void => {
    const what = notContinued(digests, head);
    if (what !== undefined) found.push({ key: keyOf(Math.max(1, head.records)), what });
  };
  compare(heads.acts, acts, (sequence) => resultObjects.act(campaign, sequence));
  if (heads.unsealings)
    compare(heads.unsealings, unsealings, (sequence) => resultObjects.unsealing(campaign, sequence));
  for (const [submission, head] of Object.entries(heads.ledger)) {
    compare(head, ledger.get(submission) ?? [], (sequence) => resultObjects.ledger(campaign, submission, sequence));
  }
  return found;
}

/** The head of a chain: the digests of its records, oldest first. */
export const headOf = (digests: readonly string[]): Head => ({
  records: digests.length,
  newest: digests.at(-1) ?? null,
});

/** The content of heads.json. */
export const headsBody = (heads: Heads): string => `${JSON.stringify(heads, null, 2)}\n`;
