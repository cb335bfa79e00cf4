import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../../private-file.ts';

/** Bytes. */
const secretLength = 32;

/**
 * The secret from which the pseudonyms of a campaign's teams are derived, made unless this home has it. Pseudonyms are frozen
 * with the rows of the campaign, so a lost secret changes none.
 */
export function pseudonymSecret(home: string, campaign: string): Buffer {
  const file = join(home, 'pseudonym-secrets', campaign);
  if (!existsSync(file)) writePrivateFile(file, randomBytes(secretLength));
  return readFileSync(file);
}
