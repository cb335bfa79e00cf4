import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Buckets, bucketsOf } from '../../src/settings.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const program = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdout/tools/versitygw-1.8.0');

/** The account that owns the buckets; the server takes the access key for it. */
export const ownerAccount = '123456789012';

/** A real S3 server over a new folder, with the five buckets. */
export interface S3Server {
  endpoint: string;
  /** What a process needs to reach it: HOLDOUT_* and AWS_* variables. */
  environment: Record<string, string>;
  buckets: Buckets;
  /** Ends the server and leaves its data, as an outage does. */
  halt(): Promise<void>;
  /** Starts it again on the same port and data. */
  resume(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts the server; `folder` is removed by {@link S3Server.stop}. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'holdout-s3-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const environment = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: ownerAccount,
    AWS_SECRET_ACCESS_KEY: 'test-secret',
    AWS_REGION: 'us-east-1',
    HOLDOUT_S3_PATH_STYLE: '1',
    HOLDOUT_BUCKET_PREFIX: '',
  };
  const buckets = bucketsOf({ bucketPrefix: '' });
  let server = await serve(folder, port);
  const client = clientOf(endpoint, environment);
  for (const Bucket of Object.values(buckets) as string[]) await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
  const halt = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  };
  return {
    endpoint,
    environment,
    buckets,
    halt,
    resume: async () => {
      server = await serve(folder, port);
    },
    stop: async () => {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(folder: string, port: number): Promise<ChildProcess> {
  const listen = ['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet'];
  const server = spawn(program, [...listen, '--access', ownerAccount, '--secret', 'test-secret', 'posix', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // A test run that dies takes the server with it.
  process.once('exit', () => server.kill('SIGKILL'));
  await eventually('the S3 server responds', async () => {
    if (server.exitCode !== null) throw new Error(`versitygw ended with ${server.exitCode}`);
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok;
  });
  return server;
}

function clientOf(endpoint: string, environment: Record<string, string>): S3Client {
  return new S3Client({
    endpoint,
    region: environment['AWS_REGION'] ?? '',
    forcePathStyle: true,
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
}
