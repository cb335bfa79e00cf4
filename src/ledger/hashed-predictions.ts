import type { Readable } from 'node:stream';
import type { RunOutcome } from '../campaign/model/run-outcome.ts';
import { hashedStream } from '../hashed-stream.ts';
import { runObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { parsedObject, recordChanged } from './checked-object.ts';

/** A run's predictions while they are read. */
interface HashedPredictions {
  stream: Readable;
  /** After the stream was used: their sha256 (hex). Throws RECORD_CHANGED if the run's outcome names another. */
  checked: () => Promise<string>;
}

/** Reads a run's predictions and computes their sha256 on the way. */
export async function hashedPredictions({ store, bucket }: Bucket, runKey: string): Promise<HashedPredictions> {
  const key = runObjects.predictions(runKey);
  const hashed = hashedStream(await store.stream(bucket, key));
  return {
    stream: hashed.stream,
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
