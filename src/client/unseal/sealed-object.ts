import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import { holdoutError } from '../../errors.ts';
import { numberInKey, runKeyOf } from '../../ids.ts';
import { parsedObject, recordChanged } from '../../ledger/read-pinned.ts';
import { chainOf } from '../../ledger/ledger.ts';
import type { SealedPart } from '../../ledger/chains/unsealings.ts';
import { runObjects } from '../../object-keys.ts';
import { isOtherThanStored, otherThanStored, type ObjectStore } from '../../s3/object-store.ts';
import { sha256 } from '../../sha256.ts';
import type { Access } from '../access.ts';

/** A log or an output of a run in the runs bucket. */
export interface SealedObject {
  n: number;
  key: string;
}

/** Names one; without a number, that of the newest run that has one. */
export interface PartName {
  campaign: string;
  submission: string;
  n: number | undefined;
  part: SealedPart;
}

const objectOf = { log: runObjects.log, output: runObjects.predictions };

/**
 * Finds a log or an output, and checks its bytes as the ledger and the outcome name them. Throws NOTHING_TO_UNSEAL or
 * RECORD_CHANGED.
 */
export async function findSealedObject(access: Access, name: PartName): Promise<SealedObject> {
  const { store, buckets } = access;
  const { campaign, submission, part } = name;
  const n = await runWith(access, name);
  const what = part + (name.n === undefined ? '' : ` of run ${name.n}`);
  if (n === undefined) throw holdoutError('NOTHING_TO_UNSEAL', { campaign, submission, what });
  const key = objectOf[part](runKeyOf(campaign, submission, n));
  const digest = await digestOf(access, { ...name, n });
  // Anybody can seal for a campaign: only the digest tells whose bytes these are.
  if (digest !== undefined && (await storedDigest(store, buckets.runs, key)) !== digest)
    throw recordChanged(buckets.runs, key, 'its sha256 is not the one in outcome.json');
  return { n, key };
}

/** The sha256 (hex) of an object. Throws RECORD_CHANGED if the server itself no longer recognises it. */
async function storedDigest(store: ObjectStore, bucket: string, key: string): Promise<string> {
  try {
    return (await store.digest(bucket, key)).sha256;
  } catch (error) {
    throw isOtherThanStored(error) ? recordChanged(bucket, key, otherThanStored) : error;
  }
}

async function runWith(
  { store, buckets }: Access,
  { campaign, submission, n, part }: PartName,
): Promise<number | undefined> {
  if (n !== undefined) {
    const key = objectOf[part](runKeyOf(campaign, submission, n));
    return (await store.exists(buckets.runs, key)) ? n : undefined;
  }
  let newest: number | undefined;
  for await (const key of store.list(buckets.runs, `${campaign}/${submission}/`)) {
    const found = numberInKey(key.split('/')[2]);
    if (found === undefined || key !== objectOf[part](runKeyOf(campaign, submission, found))) continue;
    newest = Math.max(newest ?? 0, found);
  }
  return newest;
}

/** The sha256 (hex) by the run's outcome; undefined if a runner that failed left none. */
async function digestOf(
  { store, buckets, results }: Access,
  { campaign, submission, n, part }: PartName & { n: number },
): Promise<string | undefined> {
  const key = runObjects.outcome(runKeyOf(campaign, submission, n));
  const body = await store.find(buckets.runs, key);
  if (body === undefined) return undefined;
  for (const { record } of await chainOf(results, campaign, submission)) {
    const named = record.evidence?.runs[n]?.outcome;
    if (named !== undefined && named !== sha256(body))
      throw recordChanged(buckets.runs, key, 'its sha256 is not the one in the ledger');
  }
  const { log, predictions } = parsedObject<RunOutcome>(buckets.runs, key, body);
  if (part === 'log') return log.sha256;
  return predictions.kind === 'collected' ? predictions.sha256 : undefined;
}
