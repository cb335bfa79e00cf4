import { randomBytes } from 'node:crypto';
import { readJsonFile, writeJsonFile } from '../../json-file.ts';
import type { Home } from './home.ts';

/** What a browser presents to this home's Web UI; created at the first start, readable by its owner alone. */
export function openWebToken(home: Home): string {
  const known = readJsonFile<{ token: string }>(home.webToken)?.token;
  if (known !== undefined) return known;
  const token = randomBytes(32).toString('base64url');
  writeJsonFile(home.webToken, { token });
  return token;
}
