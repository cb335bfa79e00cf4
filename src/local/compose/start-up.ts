import { holdoutError } from '../../errors.ts';
import type { BatchEndpointStartUpFile } from '../batch-endpoint/start-up-file.ts';
import { awsAccount, awsEnvironment, plainEnvironment, region } from '../stack/parts/environment.ts';
import { credentialIn, given } from './credentials.ts';

/** Where the image (docker/Dockerfile) has the bundles. */
const runner: [string, ...string[]] = ['/usr/local/bin/node', '--enable-source-maps', '/opt/holdout/dist/runner.mjs'];

/**
 * The Batch endpoint's start-up file, from the environment of its container. Listens on the loopback address, so only
 * containers in the same network namespace reach it. Throws USAGE.
 */
export function startUpFileOf(env: NodeJS.ProcessEnv): BatchEndpointStartUpFile {
  return {
    host: '127.0.0.1',
    port: Number(given(env, 'HOLDOUT_BATCH_PORT')),
    stateFolder: given(env, 'HOLDOUT_STATE'),
    credentials: [credentialIn(env, 'batch')],
    region,
    account: awsAccount,
    queues: queuesIn(given(env, 'HOLDOUT_QUEUES')),
    runner,
    reap: [...runner, 'reap'],
    environment: {
      ...plainEnvironment(),
      ...awsEnvironment(credentialIn(env, 'runner'), given(env, 'AWS_ENDPOINT_URL_S3')),
      HOLDOUT_SCRATCH: given(env, 'HOLDOUT_SCRATCH'),
      HOLDOUT_ENGINE: given(env, 'HOLDOUT_ENGINE'),
    },
  };
}

/** `holdout-g4=2,holdout-p3=1`: queues, and how many jobs run there at a time. */
function queuesIn(text: string): BatchEndpointStartUpFile['queues'] {
  return text.split(',').map((queue) => {
    const [, name, slots] = /^\s*([^=\s]+)=(\d+)\s*$/.exec(queue) ?? [];
    if (name !== undefined && slots !== undefined) return { name, slots: Number(slots) };
    throw holdoutError('USAGE', { message: `HOLDOUT_QUEUES: ${JSON.stringify(queue)} is not NAME=SLOTS.` });
  });
}
