import { randomBytes } from 'node:crypto';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Home } from './home.ts';

export interface Credential {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The S3 accounts with limited rights (see s3-rights.ts). The command line uses `root`. */
export const accountNames = ['worker', 'scorer', 'runner'] as const;
export type AccountName = (typeof accountNames)[number];
export type S3Credentials = Record<AccountName | 'root', Credential>;
/** `batch` is valid only for the Batch endpoint. */
export type Credentials = S3Credentials & { batch: Credential };

/** This home's keys, created at its first start and stored in a file that only its owner can read. */
export function openCredentials(home: Home): Credentials {
  const known = readJsonFile<Partial<Credentials>>(home.credentials) ?? {};
  const names = ['root', ...accountNames, 'batch'] as const;
  const all = Object.fromEntries(names.map((name) => [name, known[name] ?? newCredential(name)])) as Credentials;
  // A home from an older version has no key for Batch.
  if (names.some((name) => known[name] === undefined)) writeJsonFile(home.credentials, all);
  return all;
}

const newCredential = (name: string): Credential => ({
  accessKeyId: `holdout-${name}-${randomBytes(6).toString('hex')}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});
