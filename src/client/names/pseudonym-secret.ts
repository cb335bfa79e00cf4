import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes. */
const secretLength = 32;

/**
 * The secret from which the pseudonyms of a campaign's teams are derived, made unless this home has it. Pseudonyms are frozen
 * with the rows of the campaign, so a lost secret changes none.
 */
export function pseudonymSecret(home: string, campaign: string): Buffer {
  const folder = join(home, 'pseudonym-secrets');
  const file = join(folder, campaign);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomBytes(secretLength), { mode: 0o600, flag: 'wx', flush: true });
  }
  return readFileSync(file);
}
