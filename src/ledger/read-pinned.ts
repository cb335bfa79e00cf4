import { holdoutError, type HoldoutError } from '../errors.ts';
import type { Bucket } from '../s3/object-store.ts';
import { sha256 } from '../sha256.ts';

/** An object of the record that is not what Holdout wrote. */
export const recordChanged = (bucket: string, key: string, what: string): HoldoutError =>
  holdoutError('RECORD_CHANGED', { bucket, key, what });

/** Parses an object that Holdout itself wrote. Throws RECORD_CHANGED if it is not JSON. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- Holdout wrote the object; the caller names its type
export function parsedObject<T extends object>(bucket: string, key: string, body: Buffer): T {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as T;
  } catch {
    // Falls through: it is not JSON.
  }
  throw recordChanged(bucket, key, 'it is not a JSON object');
}

/** Reads an object whose sha256 (hex) another record names. Throws OBJECT_MISSING or RECORD_CHANGED. */
export async function readPinned<T extends object>(
  { store, bucket }: Bucket,
  key: string,
  digest: string,
  namedBy: string,
): Promise<T> {
  const body = await store.read(bucket, key);
  if (sha256(body) !== digest) throw recordChanged(bucket, key, `its sha256 is not the one in ${namedBy}`);
  return parsedObject<T>(bucket, key, body);
}

/** The sha256 (hex) in the key of an object that is kept under it; empty if there is none, so that no object fits. */
export const digestInKey = (key: string): string => /\/([0-9a-f]{64})\.json$/.exec(key)?.[1] ?? '';

/** Reads an object that is kept under the sha256 of its bytes. Throws OBJECT_MISSING or RECORD_CHANGED. */
export const readByDigest = <T extends object>(bucket: Bucket, key: string): Promise<T> =>
  readPinned<T>(bucket, key, digestInKey(key), 'its key');
