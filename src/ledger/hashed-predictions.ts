import type { Readable } from 'node:stream';
import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { hashedStream } from '../hashed-stream.ts';
import { runObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { openStream } from '../sealing/age.ts';
import { parsedObject, recordChanged } from './read-pinned.ts';

/** A run's predictions while they are read. */
interface HashedPredictions {
  /** As the submission wrote them. */
  stream: Readable;
  /** After the stream was used: the sha256 (hex) of the object. Throws RECORD_CHANGED if the run's outcome names another. */
  checked: () => Promise<string>;
}

/** Reads a run's predictions and computes the sha256 of the object on the way. `identity`: opens them if they are sealed. */
export async function hashedPredictions(
  { store, bucket }: Bucket,
  runKey: string,
  identity: string | undefined,
): Promise<HashedPredictions> {
  const key = runObjects.predictions(runKey);
  const hashed = hashedStream(await store.stream(bucket, key));
  return {
    stream: identity === undefined ? hashed.stream : openStream({ identity, sealed: hashed.stream, bucket, key }),
    checked: async () => {
      // Hopeless predictions are not read to their end.
      const found = hashed.isRead() ? hashed.digest() : (await store.digest(bucket, key)).sha256;
      const outcomeKey = runObjects.outcome(runKey);
      const outcome = parsedObject<RunOutcome>(bucket, outcomeKey, await store.read(bucket, outcomeKey));
      const { predictions } = outcome;
      if (predictions.kind === 'collected' && predictions.sha256 === found) return found;
      throw recordChanged(bucket, key, 'its sha256 is not the one in outcome.json');
    },
  };
}
