import { createHash } from 'node:crypto';
import { resultObjects } from '../ids.ts';
import { inParallel } from '../in-parallel.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { LedgerRecord } from './record.ts';

const readsAtOnce = 16;

/** The records of a campaign in the results bucket: one chain per submission, each record written once. */

export interface ChainHead {
  record: LedgerRecord;
  /** sha256 (hex) of the record's bytes. */
  digest: string;
}

/** The newest record of a submission, or undefined when none of its rounds has ended. */
export async function lastRecord(
  store: ObjectStore,
  bucket: string,
  campaign: string,
  submission: string,
): Promise<ChainHead | undefined> {
  let head: ChainHead | undefined;
  for (let sequence = 1; ; sequence += 1) {
    const body = await store.find(bucket, resultObjects.ledger(campaign, submission, sequence));
    if (body === undefined) return head;
    head = { record: JSON.parse(body.toString('utf8')) as LedgerRecord, digest: sha256(body) };
  }
}

/** Appends a record; the same record again is fine, another one for the same sequence throws OBJECT_DIFFERS. */
export async function appendRecord(store: ObjectStore, bucket: string, record: LedgerRecord): Promise<void> {
  const key = resultObjects.ledger(record.campaign, record.submission, record.sequence);
  await store.writeOnce(bucket, key, `${JSON.stringify(record, null, 2)}\n`);
}

/** Every submission's newest record, by submission. Reads the whole ledger. */
export async function allRecords(
  store: ObjectStore,
  bucket: string,
  campaign: string,
): Promise<Map<string, LedgerRecord>> {
  const newest = new Map<string, LedgerRecord>();
  const keys: string[] = [];
  for await (const key of store.list(bucket, resultObjects.ledgerFolder(campaign))) keys.push(key);
  await inParallel(readsAtOnce, keys, async (key) => {
    const record = await store.readJson<LedgerRecord>(bucket, key);
    const known = newest.get(record.submission);
    if (known === undefined || known.sequence < record.sequence) newest.set(record.submission, record);
  });
  return newest;
}

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
