import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../../private-file.ts';

/** The private key of a campaign's record, in the home of whoever started the campaign. */
const fileOf = (home: string, campaign: string): string => join(home, 'record-keys', `${campaign}.pem`);

/**
 * Makes the Ed25519 key pair of a campaign, unless this home has it, and returns the public key as PEM. Only the owner of the
 * home can read the private key.
 */
export function makeRecordKey(home: string, campaign: string): string {
  const file = fileOf(home, campaign);
  if (!existsSync(file)) {
    writePrivateFile(file, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  return pemOf(createPrivateKey(readFileSync(file)));
}

/** Signs with the private key of this public key; undefined if this home does not have it. */
export function signRecord(home: string, campaign: string, publicKey: string, content: string): Buffer | undefined {
  const file = fileOf(home, campaign);
  if (!existsSync(file)) return undefined;
  const key = createPrivateKey(readFileSync(file));
  return pemOf(key) === publicKey ? sign(null, Buffer.from(content), key) : undefined;
}

const pemOf = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
