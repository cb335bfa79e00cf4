import { existsSync } from 'node:fs';
import type { AccountName, Credential, Credentials } from '../home/credentials.ts';
import { openIdentity } from '../home/home-identity.ts';
import type { Home } from '../home/home.ts';
import type { Ports } from './ports.ts';
import { shortPathsOf } from '../home/short-paths.ts';

export const region = 'us-east-1';
export const awsAccount = '000000000000';

export interface Endpoints {
  /** host:port of the Temporal frontend. */
  temporal: string;
  /** The Web UI with open payloads. */
  ui: string;
  /** The link that signs a browser in. */
  uiLink: string;
  s3: string;
  batch: string;
}

export const endpointsOf = (ports: Ports, webToken: string): Endpoints => ({
  temporal: `127.0.0.1:${ports.temporal}`,
  ui: `http://127.0.0.1:${ports.ui}`,
  uiLink: `http://127.0.0.1:${ports.ui}/?token=${webToken}`,
  s3: `http://127.0.0.1:${ports.s3}`,
  batch: `http://127.0.0.1:${ports.batch}`,
});

/** The only variables that processes of the stack inherit from the terminal that started it. */
export const plainEnvironment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: process.env['HOME'] ?? '/root',
});

/** AWS settings with this stack's own keys. The user's own AWS configuration files are excluded too. */
export const awsEnvironment = ({ accessKeyId, secretAccessKey }: Credential, s3: string): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_REGION: region,
  AWS_ENDPOINT_URL_S3: s3,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  HOLDOUT_S3_PATH_STYLE: '1',
  HOLDOUT_BUCKET_PREFIX: '',
});

/** The environment of a worker, the scorer or, with the root key, the command line. */
export function memberEnvironment(
  home: Home,
  endpoints: Endpoints,
  credentials: Credentials,
  account: AccountName | 'root',
): Record<string, string> {
  const identity = openIdentity(home);
  const { scratch, images } = shortPathsOf(identity);
  return {
    HOLDOUT_STACK: 'embedded',
    HOLDOUT_HOME: home.folder,
    HOLDOUT_SCRATCH: scratch,
    TEMPORAL_ADDRESS: endpoints.temporal,
    TEMPORAL_NAMESPACE: identity.namespace,
    // This file does not exist: an empty one is invalid, and the user's own must not be read.
    TEMPORAL_CONFIG_FILE: `${home.folder}/no-temporal-profile.toml`,
    ...awsEnvironment(credentials[account], endpoints.s3),
    AWS_ENDPOINT_URL_BATCH: endpoints.batch,
    // A stack that an older version keeps up has none.
    ...(existsSync(home.codecKeys) && { HOLDOUT_CODEC_KEYS: home.codecKeys }),
    // The worker opens no output.
    ...(account !== 'worker' && { HOLDOUT_SEAL_KEYS: home.sealKeys }),
    // The scorer handles no images and starts no jobs.
    ...(account !== 'scorer' && {
      HOLDOUT_IMAGE_STORE: `oci:${images}`,
      HOLDOUT_BATCH_ACCESS_KEY_ID: credentials.batch.accessKeyId,
      HOLDOUT_BATCH_SECRET_ACCESS_KEY: credentials.batch.secretAccessKey,
    }),
  };
}

/** Replaces every AWS_* and TEMPORAL_* variable of an environment, by default this process's, with those of a stack. */
export function enterEnvironment(stack: Record<string, string>, target: NodeJS.ProcessEnv = process.env): void {
  for (const name of Object.keys(target)) if (/^(?:AWS|TEMPORAL)_/.test(name)) delete target[name];
  Object.assign(target, stack);
}
