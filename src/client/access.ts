import type { BatchClient } from '@aws-sdk/client-batch';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { batchCredentials } from '../batch/batch-clients.ts';
import { codecOptions } from '../codec/client-codec.ts';
import { keysOf, type KeyRing } from '../codec/key-ring.ts';
import { messageOf, holdoutError } from '../errors.ts';
import { FrozenReader } from '../ledger/frozen-reader.ts';
import { ObjectStore } from '../s3/object-store.ts';
import { SealKeys } from '../sealing/seal-keys.ts';
import { sealKeysFolder } from './sealing.ts';
import { bucketsOf, defaultTemporalAddress, loadSettings } from '../settings.ts';

/** The connections of a command. */
export type Access = Awaited<ReturnType<typeof openAccess>>;

/** Connects to Temporal by its profile. Throws TEMPORAL_UNREACHABLE. */
export async function openTemporal(keys: KeyRing | undefined): Promise<Client> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions).catch((error: unknown) => {
    const address = connectionOptions.address ?? defaultTemporalAddress;
    throw holdoutError('TEMPORAL_UNREACHABLE', { address, cause: messageOf(error) }, error);
  });
  return new Client({ connection, namespace, ...codecOptions(keys) });
}

/** Opens Temporal, S3 and Batch as set in the environment: AWS_* and a Temporal profile (TEMPORAL_*, temporal.toml). */
export async function openAccess() {
  const settings = loadSettings();
  const keys = keysOf(settings);
  const buckets = bucketsOf(settings);
  const store = new ObjectStore(settings);
  const results = { store, bucket: buckets.results };
  const temporal = await openTemporal(keys);
  return {
    settings,
    buckets,
    store,
    results,
    /** Loads the SDK and opens a client on first use, which few commands need. */
    openBatch: async (): Promise<BatchClient> =>
      new (await import('@aws-sdk/client-batch')).BatchClient(batchCredentials()),
    frozen: new FrozenReader(results),
    sealKeys: new SealKeys(sealKeysFolder(settings)),
    temporal,
    /** The keys that seal Temporal's payloads; undefined: they are plain. */
    keys,
    close: () => temporal.connection.close(),
  };
}

/** Works with the connections and closes them. */
export async function withAccess<Result>(work: (access: Access) => Promise<Result>): Promise<Result> {
  const access = await openAccess();
  try {
    return await work(access);
  } finally {
    await access.close();
  }
}
