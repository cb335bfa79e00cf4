import { join } from 'node:path';
import { rigKey } from '../../local/batch-endpoint/endpoint-rig.ts';
import type { S3Server } from '../servers/s3-server.ts';

/** Where a Temporal is. */
export interface TemporalPlace {
  address: string;
  namespace: string;
}

/** The variables of docs/remote.md for commands and workers, with all their files in this folder; without the address of Batch. */
export const remoteEnvironment = (
  folder: string,
  { address, namespace }: TemporalPlace,
  s3: S3Server,
): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  ...s3.environment,
  HOLDOUT_STACK: 'remote',
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
  HOLDOUT_BATCH_ACCESS_KEY_ID: rigKey.accessKeyId,
  HOLDOUT_BATCH_SECRET_ACCESS_KEY: rigKey.secretAccessKey,
  HOLDOUT_IMAGE_STORE: `oci:${join(folder, 'images')}`,
  HOLDOUT_RUNNER_IMAGE: 'local',
  HOLDOUT_HOME: join(folder, 'home'),
  HOLDOUT_SEAL_KEYS: join(folder, 'seal-keys'),
  HOLDOUT_SCRATCH: join(folder, 'scratch'),
});
