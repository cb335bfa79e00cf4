import { inParallel } from '../in-parallel.ts';
import type { Bucket } from '../s3/object-store.ts';
import type { LedgerRecord } from './record.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects } from '../object-keys.ts';

/** Just below the number of connections that the SDK opens to S3. */
export const readsAtOnce = 48;

interface ChainLink {
  record: LedgerRecord;
  /** sha256 (hex) of the record's bytes. */
  digest: string;
}

/** All records of a submission, oldest first; each is written once and names the digest of the one before. */
export async function chainOf({ store, bucket }: Bucket, campaign: string, submission: string): Promise<ChainLink[]> {
  const chain: ChainLink[] = [];
  for (;;) {
    const body = await store.find(bucket, resultObjects.ledger(campaign, submission, chain.length + 1));
    if (body === undefined) return chain;
    chain.push({ record: JSON.parse(body.toString('utf8')) as LedgerRecord, digest: sha256(body) });
  }
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

/** Reads the whole ledger. `visit` gets each submission's records, oldest first; submissions come in no particular order. */
export async function eachChain(
  results: Bucket,
  campaign: string,
  visit: (submission: string, records: LedgerRecord[]) => void,
): Promise<void> {
  const final = await finalRounds(results, campaign);
  await inParallel(readsAtOnce, [...final], async ([submission, count]) => {
    const records: LedgerRecord[] = [];
    while (records.length < count) {
      const key = resultObjects.ledger(campaign, submission, records.length + 1);
      records.push(await results.store.readJson<LedgerRecord>(results.bucket, key));
    }
    visit(submission, records);
  });
}

const bodyOf = (record: LedgerRecord): string => `${JSON.stringify(record, null, 2)}\n`;
