import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Home } from './home.ts';

/** What a home is called where its path is too long, or must not be somebody else's too. */
export interface HomeIdentity {
  /** Twelve hexadecimal digits: names the short folder and labels the containers. */
  id: string;
  /** Temporal's namespace: a worker of another stack that finds the same port has no tasks in it. */
  namespace: string;
}

/** The home's identity, made at its first start. One whose history lies in `default` already keeps that namespace. */
export function openIdentity(home: Home): HomeIdentity {
  const known = readJsonFile<HomeIdentity>(home.identity);
  if (known !== undefined) return known;
  const id = freshId();
  const hasHistory = existsSync(home.temporal) && readdirSync(home.temporal).some((name) => name.endsWith('.db'));
  const identity = { id, namespace: hasHistory ? 'default' : `holdout-${id}` };
  writeJsonFile(home.identity, identity);
  return identity;
}

/** For a copy of another home: a new id; its history stays where it is. */
export function renewId(home: Home): HomeIdentity {
  const identity = { ...openIdentity(home), id: freshId() };
  writeJsonFile(home.identity, identity);
  return identity;
}

const freshId = (): string => randomBytes(6).toString('hex');
