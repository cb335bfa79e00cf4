import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Buckets, bucketsOf } from '../../../src/settings.ts';
import { eventually } from '../eventually.ts';
import { freePort } from './free-port.ts';

const program = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdout/tools/versitygw-1.8.0');

/** The account that owns the buckets; the server takes the access key for it. */
export const ownerAccount = '123456789012';

export interface KeyPair {
  access: string;
  secret: string;
}

/** A real S3 server over a new folder, with the five buckets. */
export interface S3Server {
  endpoint: string;
  /** What a process needs to reach it: HOLDOUT_* and AWS_* variables. */
  environment: Record<string, string>;
  buckets: Buckets;
  /** The folder with a folder of files for each bucket. */
  data: string;
  pid(): number;
  /** Gives a bucket to another account. */
  giveAway(bucket: string, account: string): Promise<void>;
  /** Makes a key pair that may do everything, as that of a role has it. */
  addKey(key: KeyPair): Promise<void>;
  /** From now on requests with this key are refused. */
  removeKey(key: KeyPair): Promise<void>;
  /** Ends the server and leaves its data, as an outage does. */
  halt(): Promise<void>;
  /** Starts it again on the same port and data. */
  resume(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts the server. It closes each connection unless it `keepsConnections`, as AWS does. */
export async function startS3Server({ keepsConnections = false } = {}): Promise<S3Server> {
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
  let server = await serve(folder, port, keepsConnections);
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
    data: join(folder, 'buckets'),
    pid: () => server.pid ?? Number.NaN,
    giveAway: (bucket, account) => giveAway(endpoint, bucket, account),
    addKey: ({ access, secret }) =>
      administer(endpoint, 'create-user', '--access', access, '--secret', secret, '--role', 'admin'),
    removeKey: ({ access }) => administer(endpoint, 'delete-user', '--access', access),
    halt,
    resume: async () => {
      server = await serve(folder, port, keepsConnections);
    },
    stop: async () => {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function serve(folder: string, port: number, keepsConnections: boolean): Promise<ChildProcess> {
  const keeping = keepsConnections ? ['--keep-alive'] : [];
  const listen = ['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', ...keeping];
  const accounts = join(folder, 'accounts');
  const buckets = join(folder, 'buckets');
  for (const one of [accounts, buckets]) await mkdir(one, { recursive: true });
  const root = ['--access', ownerAccount, '--secret', 'test-secret', '--iam-dir', accounts];
  const server = spawn(program, [...listen, ...root, 'posix', buckets], { stdio: ['ignore', 'ignore', 'inherit'] });
  // A test run that dies takes the server with it.
  process.once('exit', () => server.kill('SIGKILL'));
  await eventually('the S3 server responds', async () => {
    if (server.exitCode !== null) throw new Error(`versitygw ended with ${server.exitCode}`);
    return (await fetch(`http://127.0.0.1:${port}/health`)).ok;
  });
  return server;
}

async function giveAway(endpoint: string, bucket: string, account: string): Promise<void> {
  await administer(endpoint, 'create-user', '--access', account, '--secret', 'other-secret', '--role', 'user');
  await administer(endpoint, 'change-bucket-owner', '--bucket', bucket, '--owner', account);
}

/** A command of the server's own administration. */
async function administer(endpoint: string, ...command: string[]): Promise<void> {
  const admin = ['admin', '--access', ownerAccount, '--secret', 'test-secret', '--endpoint-url', endpoint];
  await promisify(execFile)(program, [...admin, ...command]);
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
