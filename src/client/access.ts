import type { BatchClient } from '@aws-sdk/client-batch';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { batchCredentials } from '../batch/batch-clients.ts';
import { messageOf, holdoutError } from '../errors.ts';
import { FrozenReader } from '../ledger/frozen-reader.ts';
import { ObjectStore, type Bucket } from '../s3/object-store.ts';
import { bucketsOf, loadSettings, type Buckets, type Settings } from '../settings.ts';

/** The connections of a command: Temporal, S3 and Batch, as set in the environment. */
export interface Access {
  settings: Settings;
  buckets: Buckets;
  store: ObjectStore;
  results: Bucket;
  /** Loads the SDK and opens a client on first use, which few commands need. */
  openBatch: () => Promise<BatchClient>;
  frozen: FrozenReader;
  temporal: Client;
  close: () => Promise<void>;
}

/** Connects by AWS_* and a Temporal profile (TEMPORAL_*, temporal.toml). */
export async function openAccess(): Promise<Access> {
  const settings = loadSettings();
  const buckets = bucketsOf(settings);
  const store = new ObjectStore(settings);
  const results = { store, bucket: buckets.results };
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions).catch((error: unknown) => {
    const address = connectionOptions.address ?? 'localhost:7233';
    throw holdoutError('TEMPORAL_UNREACHABLE', { address, cause: messageOf(error) }, error);
  });
  return {
    settings,
    buckets,
    store,
    results,
    openBatch: async () => new (await import('@aws-sdk/client-batch')).BatchClient(batchCredentials()),
    frozen: new FrozenReader(results),
    temporal: new Client({ connection, namespace: namespace ?? 'default' }),
    close: () => connection.close(),
  };
}
