import { randomBytes } from 'node:crypto';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Home } from './home.ts';

export interface Credential {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The accounts of S3 with rights of their own (see s3-rights.ts), beside `root`, which the command line uses. */
export const accountNames = ['worker', 'scorer', 'runner'] as const;
export type AccountName = (typeof accountNames)[number];
export type S3Credentials = Record<AccountName | 'root', Credential>;
/** `batch` opens the Batch endpoint and nothing else. */
export type Credentials = S3Credentials & { batch: Credential };

/** This home's keys, made at its first start and kept in a file that only its owner can read. */
export function openCredentials(home: Home): Credentials {
  const known = readJsonFile<Partial<Credentials>>(home.credentials) ?? {};
  if (isComplete(known)) return known;
  const names = ['root', ...accountNames, 'batch'] as const;
  const fresh = Object.fromEntries(names.map((name) => [name, known[name] ?? newCredential(name)])) as Credentials;
  writeJsonFile(home.credentials, fresh);
  return fresh;
}

/** A home of an older version has no key for Batch yet. */
const isComplete = (known: Partial<Credentials>): known is Credentials => known.batch !== undefined;

const newCredential = (name: string): Credential => ({
  accessKeyId: `holdout-${name}-${randomBytes(6).toString('hex')}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});
