import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Home } from './home.ts';

/** Unique names of a home, for places where its path is too long or not unique. */
export interface HomeIdentity {
  /** Twelve hexadecimal digits: the name of the short folder and the label of the containers. */
  id: string;
  /** Temporal's namespace: a worker of another stack that connects to this port gets no tasks. */
  namespace: string;
}

/** The home's identity, created at its first start. A home with history in `default` keeps that namespace. */
export function openIdentity(home: Home): HomeIdentity {
  const known = readJsonFile<HomeIdentity>(home.identity);
  if (known !== undefined) return known;
  const id = freshId();
  const hasHistory = existsSync(home.temporal) && readdirSync(home.temporal).some((name) => name.endsWith('.db'));
  const identity = { id, namespace: hasHistory ? 'default' : `holdout-${id}` };
  writeJsonFile(home.identity, identity);
  return identity;
}

/** Gives a copied home a new id; its namespace stays. */
export function renewId(home: Home): HomeIdentity {
  const identity = { ...openIdentity(home), id: freshId() };
  writeJsonFile(home.identity, identity);
  return identity;
}

const freshId = (): string => randomBytes(6).toString('hex');
