import { inParallel } from '../in-parallel.ts';
import type { Bucket } from '../s3/object-store.ts';
import type { LedgerRecord } from './record.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects } from '../object-keys.ts';
import { misplacedRecord } from './chain-rules.ts';
import { parsedObject, recordChanged } from './read-pinned.ts';

/** Just below the number of connections that the SDK opens to S3. */
export const readsAtOnce = 48;

interface ChainLink {
  record: LedgerRecord;
  /** sha256 (hex) of the record's bytes. */
  digest: string;
}

/** The chain of a submission; `frozen`: sha256 (hex) of campaign.json, if the records are to be compared with it. */
interface ChainName {
  campaign: string;
  submission: string;
  frozen?: string;
}

/**
 * All records of a submission, oldest first; each is written once and names the digest of the one before. Throws
 * RECORD_CHANGED if one does not fit its place.
 */
export async function chainOf({ store, bucket }: Bucket, campaign: string, submission: string): Promise<ChainLink[]> {
  const chain: ChainLink[] = [];
  for (;;) {
    const body = await store.find(bucket, resultObjects.ledger(campaign, submission, chain.length + 1));
    if (body === undefined) return chain;
    chain.push(checkedLink(bucket, { campaign, submission }, chain, body));
  }
}

/** The next record of a chain, if it fits there. Throws RECORD_CHANGED. */
function checkedLink(bucket: string, name: ChainName, before: readonly ChainLink[], body: Buffer): ChainLink {
  const sequence = before.length + 1;
  const key = resultObjects.ledger(name.campaign, name.submission, sequence);
  const record = parsedObject<LedgerRecord>(bucket, key, body);
  const predecessor = before.at(-1)?.digest ?? null;
  const fault = misplacedRecord(record, { ...name, sequence, predecessor });
  if (fault !== undefined) throw recordChanged(bucket, key, fault);
  return { record, digest: sha256(body) };
}

/** The records of the rounds before `sequence`, oldest first. */
export const recordsBefore = (chain: readonly ChainLink[], sequence: number): LedgerRecord[] =>
  chain.slice(0, sequence - 1).map(({ record }) => record);

/** Appends a record. The same one may be appended again; a different one for the same round throws OBJECT_DIFFERS. */
export async function appendRecord({ store, bucket }: Bucket, record: LedgerRecord): Promise<void> {
  const key = resultObjects.ledger(record.campaign, record.submission, record.sequence);
  await store.writeOnce(bucket, key, bodyOf(record));
}

/** Appends a record unless its round has one; returns whether this call wrote it. */
export const appendIfOpen = ({ store, bucket }: Bucket, record: LedgerRecord): Promise<boolean> =>
  store.writeIfAbsent(
    bucket,
    resultObjects.ledger(record.campaign, record.submission, record.sequence),
    bodyOf(record),
  );

/** The number of final rounds of each submission, from the list of keys alone. */
export async function finalRounds({ store, bucket }: Bucket, campaign: string): Promise<Map<string, number>> {
  const folder = resultObjects.ledgerFolder(campaign);
  const final = new Map<string, number>();
  for await (const key of store.list(bucket, folder)) {
    const [submission = ''] = key.slice(folder.length).split('/');
    final.set(submission, (final.get(submission) ?? 0) + 1);
  }
  return final;
}

/**
 * Reads and checks the whole ledger. `visit` gets each submission's records, oldest first, and the sha256 (hex) of each;
 * submissions come in no particular order. Throws RECORD_CHANGED.
 */
export async function eachChain(
  results: Bucket,
  campaign: string,
  visit: (submission: string, records: LedgerRecord[], digests: string[]) => void,
): Promise<void> {
  const { store, bucket } = results;
  const final = await finalRounds(results, campaign);
  const frozen = sha256(await store.read(bucket, resultObjects.campaign(campaign)));
  await inParallel(readsAtOnce, [...final], async ([submission, count]) => {
    const chain: ChainLink[] = [];
    while (chain.length < count) {
      const body = await store.read(bucket, resultObjects.ledger(campaign, submission, chain.length + 1));
      chain.push(checkedLink(bucket, { campaign, submission, frozen }, chain, body));
    }
    visit(
      submission,
      chain.map(({ record }) => record),
      chain.map(({ digest }) => digest),
    );
  });
}

const bodyOf = (record: LedgerRecord): string => `${JSON.stringify(record, null, 2)}\n`;
