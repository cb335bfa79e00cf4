import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { signRecord } from './record-key.ts';
import { checkCommand } from './verification-text.ts';

/** A summary in the home of whoever verified. `said`: whether it is signed, or why not. */
interface KeptSummary {
  folder: string;
  said: string;
}

/**
 * Writes a summary into `<home>/results/<campaign>/`, with its signature and the public key if this home has the campaign's
 * key. Removes the signature of an earlier summary. `publicKey`: PEM; null if the campaign has none.
 */
export async function keepSummary(
  home: string,
  campaign: string,
  body: string,
  publicKey: string | null,
): Promise<KeptSummary> {
  const folder = join(home, 'results', campaign);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  const mode = 0o600;
  // First, so that no signature lies beside a summary that it does not sign.
  for (const name of ['verification.sig', 'record-key.pem']) await rm(file(name), { force: true });
  await writeFile(file('verification.json'), body, { mode });
  if (publicKey === null)
    return { folder, said: 'not signed: the campaign has no key, as pilots and campaigns of older versions have none' };
  const signature = signRecord(home, campaign, publicKey, body);
  if (signature === undefined)
    return {
      folder,
      said: 'not signed: this home does not have the campaign’s key; HOLDOUT_HOME of the first start has it',
    };
  await writeFile(file('verification.sig'), signature, { mode });
  await writeFile(file('record-key.pem'), publicKey, { mode });
  return { folder, said: `signed; anyone can check it: ${checkCommand(folder)}` };
}
