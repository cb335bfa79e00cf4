import { randomBytes } from 'node:crypto';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import type { Home } from './home.ts';

export interface Credential {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The accounts with rights of their own (see s3-rights.ts), and `root`, which the command line uses. */
export const accountNames = ['worker', 'scorer', 'runner'] as const;
export type AccountName = (typeof accountNames)[number];
export type Credentials = Record<AccountName | 'root', Credential>;

/** This home's keys, made at its first start and kept in a file that only its owner can read. */
export function openCredentials(home: Home): Credentials {
  const known = readJsonFile<Credentials>(home.credentials);
  if (known !== undefined) return known;
  const fresh: Credentials = {
    root: newCredential('root'),
    worker: newCredential('worker'),
    scorer: newCredential('scorer'),
    runner: newCredential('runner'),
  };
  writeJsonFile(home.credentials, fresh, 0o600);
  return fresh;
}

const newCredential = (name: string): Credential => ({
  accessKeyId: `holdout-${name}-${randomBytes(6).toString('hex')}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});
