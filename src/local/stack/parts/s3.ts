import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { writtenOnce } from '../../../s3/bucket-rights.ts';
import { bucketsOf, type Buckets } from '../../../settings.ts';
import { runCommand } from '../../../run-command.ts';
import { accountNames, type S3Credentials } from '../home/credentials.ts';
import { plainEnvironment, region } from './environment.ts';
import { isHttpUp } from './health.ts';
import type { Home } from '../home/home.ts';
import type { Part } from './part.ts';
import type { Ports } from './ports.ts';
import { bucketPolicy } from './s3-rights.ts';

/** The S3 server over a folder of the home, with its accounts, buckets and policies. */
export async function s3Part(program: string, home: Home, ports: Ports, credentials: S3Credentials): Promise<Part> {
  const endpoint = `http://127.0.0.1:${ports.s3}`;
  const { root } = credentials;
  const metadata = (await needsMetadataFolder(program, home)) ? [`--sidecar=${home.s3Metadata}`] : [];
  return {
    name: 's3',
    stage: 1,
    program,
    command: [
      program,
      `--port=127.0.0.1:${ports.s3}`,
      `--region=${region}`,
      `--iam-dir=${home.s3Accounts}`,
      '--health=/health',
      '--quiet',
      'posix',
      // The server sets modes itself, regardless of the umask.
      '--dir-perms=0700',
      '--file-perms=0600',
      ...metadata,
      home.s3,
    ],
    environment: {
      ...plainEnvironment(),
      ROOT_ACCESS_KEY: root.accessKeyId,
      ROOT_SECRET_KEY: root.secretAccessKey,
    },
    files: { [join(home.s3Accounts, 'users.json')]: accountsFile(credentials) },
    isReady: () => isHttpUp(`${endpoint}/health`),
    prepare: () => makeBuckets(endpoint, credentials),
    grace: 10_000,
  };
}

/** The accounts in the format of the server's account service, which reads them when it starts. */
export function accountsFile(credentials: S3Credentials): string {
  const accounts = accountNames.map((name) => {
    const { accessKeyId: access, secretAccessKey: secret } = credentials[name];
    return [access, { access, secret, role: 'user', userID: 0, groupID: 0, projectID: 0 }] as const;
  });
  return JSON.stringify({ accessAccounts: Object.fromEntries(accounts) });
}

/**
 * The server stores ETags and types of objects in extended attributes or, on file systems without them (ramfs, some tmpfs), in
 * a separate folder. A trial start decides once, when the home is created: the server refuses to start without either.
 */
async function needsMetadataFolder(program: string, home: Home): Promise<boolean> {
  if (existsSync(home.s3)) return existsSync(home.s3Metadata);
  mkdirSync(home.s3, { recursive: true, mode: 0o700 });
  if (await storesAttributes(program, home)) return false;
  mkdirSync(home.s3Metadata, { recursive: true, mode: 0o700 });
  return true;
}

/** Milliseconds of each trial: it serves until then. On a busy machine the server may take longer to say anything. */
const trials = [300, 1_000, 3_000, 10_000];

async function storesAttributes(program: string, home: Home): Promise<boolean> {
  const env = { ...plainEnvironment(), ROOT_ACCESS_KEY: 'trial', ROOT_SECRET_KEY: 'trial' };
  for (const timeout of trials) {
    const { stdout, stderr } = await runCommand(program, ['--port', '127.0.0.1:0', 'posix', home.s3], { env, timeout });
    if (/xattr/.test(stderr)) return false;
    // Its banner, once it serves.
    if (/VersityGW/.test(stdout)) return true;
  }
  return true;
}

/** Creates the missing ones of the five buckets and sets each one's policy; needs the root key. */
export async function makeBuckets(endpoint: string, credentials: S3Credentials): Promise<void> {
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: credentials.root });
  try {
    for (const [which, bucket] of Object.entries(bucketsOf({ bucketPrefix: '' })) as [keyof Buckets, string][]) {
      await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: unknown) => {
        if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
      });
      const Policy = bucketPolicy(which, bucket, credentials);
      await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
      if (writtenOnce[which]) await lockObjects(client, bucket);
    }
  } finally {
    client.destroy();
  }
}

/**
 * Lets no account replace or remove an object without s3:BypassGovernanceRetention. The lock also covers the objects of an
 * older home. The folder itself can still be removed.
 */
async function lockObjects(client: S3Client, bucket: string): Promise<void> {
  const DefaultRetention = { Mode: 'GOVERNANCE', Years: 100 } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention } } as const;
  await client.send(new PutObjectLockConfigurationCommand({ Bucket: bucket, ObjectLockConfiguration }));
}
