import { holdoutError } from '../../errors.ts';
import type { BatchEndpointStartUpFile } from '../batch-endpoint/start-up-file.ts';
import { accountNames, type Credential, type Credentials, type S3Credentials } from '../stack/home/credentials.ts';
import { neededMiB } from '../stack/home/home.ts';
import { awsAccount, awsEnvironment, plainEnvironment, region } from '../stack/parts/environment.ts';

/** A variable that docker-compose.yml sets; throws USAGE when it is missing or empty. */
export function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw holdoutError('USAGE', {
    message: `${name} is not set; docker compose takes it from .env (sh docker/make-env.sh).`,
  });
}

/** The keys of one account: HOLDOUT_<NAME>_ACCESS_KEY_ID and HOLDOUT_<NAME>_SECRET_ACCESS_KEY. */
function credentialIn(env: NodeJS.ProcessEnv, name: keyof Credentials): Credential {
  const prefix = `HOLDOUT_${name.toUpperCase()}`;
  return {
    accessKeyId: required(env, `${prefix}_ACCESS_KEY_ID`),
    secretAccessKey: required(env, `${prefix}_SECRET_ACCESS_KEY`),
  };
}

/** The S3 keys of the root account and of all others. */
export const credentialsIn = (env: NodeJS.ProcessEnv): S3Credentials =>
  Object.fromEntries(
    (['root', ...accountNames] as const).map((name) => [name, credentialIn(env, name)]),
  ) as S3Credentials;

/** The runner's command in the image (docker/Dockerfile). */
const runner: [string, ...string[]] = ['/usr/local/bin/node', '--enable-source-maps', '/opt/holdout/dist/runner.mjs'];

/**
 * The Batch endpoint's start-up file, from the environment of its container. The endpoint listens on the loopback address, so
 * only containers in the same network namespace reach it. Throws USAGE.
 */
export function startUpFileOf(env: NodeJS.ProcessEnv): BatchEndpointStartUpFile {
  return {
    host: '127.0.0.1',
    port: Number(required(env, 'HOLDOUT_BATCH_PORT')),
    stateFolder: required(env, 'HOLDOUT_STATE'),
    credentials: [credentialIn(env, 'batch')],
    region,
    account: awsAccount,
    queues: queuesIn(required(env, 'HOLDOUT_QUEUES')),
    runner,
    reap: [...runner, 'reap'],
    // The volume of the state folder is on the engine's own disk.
    minFreeMiB: neededMiB,
    otherFolders: [required(env, 'HOLDOUT_SCRATCH')],
    environment: {
      ...plainEnvironment(),
      ...awsEnvironment(credentialIn(env, 'runner'), required(env, 'AWS_ENDPOINT_URL_S3')),
      HOLDOUT_SCRATCH: required(env, 'HOLDOUT_SCRATCH'),
      HOLDOUT_ENGINE: required(env, 'HOLDOUT_ENGINE'),
    },
  };
}

/** Parses `holdout-g4=2,holdout-p3=1`: queues and their numbers of concurrent jobs. */
function queuesIn(text: string): BatchEndpointStartUpFile['queues'] {
  return text.split(',').map((queue) => {
    const [, name, slots] = /^\s*([^=\s]+)=(\d+)\s*$/.exec(queue) ?? [];
    if (name !== undefined && slots !== undefined) return { name, slots: Number(slots) };
    throw holdoutError('USAGE', { message: `HOLDOUT_QUEUES: ${JSON.stringify(queue)} is not NAME=SLOTS.` });
  });
}
