import type { CanaryReport } from '../campaign/model/canaries/canary-report.ts';
import { inParallel } from '../in-parallel.ts';
import { resultObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { sha256 } from '../sha256.ts';
import { readsAtOnce } from './ledger.ts';
import type { RunEvidence } from './record.ts';

/** The record of an ended canary, written once. Its findings in full are in the outcome in the runs bucket. */
export interface CanaryRecord extends CanaryReport {
  version: 1;
  campaign: string;
  /** The sha256 of the objects of its run. Absent in older records. */
  evidence?: RunEvidence;
}

/** The report that a record keeps. */
export const canaryReportOf = ({
  class: name,
  n,
  jobId,
  verdict,
  billedSeconds,
  costMicroUsd,
}: CanaryRecord): CanaryReport => ({
  class: name,
  n,
  jobId,
  verdict,
  billedSeconds,
  costMicroUsd,
});

/** Writes a record unless the canary has one; returns the one that it has. */
export async function keepCanary({ store, bucket }: Bucket, record: CanaryRecord): Promise<CanaryRecord> {
  const key = resultObjects.canary(record.campaign, record.class, record.n);
  await store.writeIfAbsent(bucket, key, canaryBody(record));
  return store.readJson<CanaryRecord>(bucket, key);
}

/** All ended canaries of a campaign, by class and number. */
export async function canariesOf({ store, bucket }: Bucket, campaign: string): Promise<CanaryRecord[]> {
  const keys: string[] = [];
  for await (const key of store.list(bucket, resultObjects.canaryFolder(campaign))) keys.push(key);
  const records = await inParallel(readsAtOnce, keys, (key) => store.readJson<CanaryRecord>(bucket, key));
  return byClassAndNumber(records);
}

export const byClassAndNumber = (records: CanaryRecord[]): CanaryRecord[] =>
  records.sort((one, other) => (one.class < other.class ? -1 : one.class > other.class ? 1 : one.n - other.n));

/** The content of a canary's record. */
const canaryBody = (record: CanaryRecord): string => `${JSON.stringify(record, null, 2)}\n`;

/** The sha256 (hex) of each canary's record, by its key. */
export const canaryDigests = (records: readonly CanaryRecord[]): Record<string, string> =>
  Object.fromEntries(
    records.map((record) => [
      resultObjects.canary(record.campaign, record.class, record.n),
      sha256(canaryBody(record)),
    ]),
  );
