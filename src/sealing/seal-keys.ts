import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { holdoutError, messageOf } from '../errors.ts';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';

const suffix = '.txt';
const identityLine = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m;

/**
 * Makes the key pair of a campaign in a folder, unless it is there, and returns the recipient. The identity file has the form
 * of age-keygen; only its owner can read it.
 */
export async function makeSealKey(folder: string, campaign: string): Promise<string> {
  const file = join(folder, `${campaign}${suffix}`);
  if (existsSync(file)) return recipientOf(readIdentity(file));
  const { generateX25519Identity } = await import('age-encryption');
  const identity = await generateX25519Identity();
  const recipient = await recipientOf(identity);
  const text = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`;
  writePrivateFile(file, text);
  return recipient;
}

/** Whom something was sealed for. */
export interface SealedFor {
  campaign: string;
  /** `age1…`. */
  recipient: string;
}

/** The identities of one process, read from a folder when they are needed. */
export class SealKeys {
  private readonly known = new Map<string, string>();

  /** `folder`: undefined if this process has none. */
  constructor(private readonly folder: string | undefined) {}

  /** The identity that opens what runs of a campaign left; undefined if it is plain. Throws SEAL_KEY_MISSING. */
  async identityOf({ campaign, seal }: { campaign: string; seal?: string }): Promise<string | undefined> {
    return seal === undefined ? undefined : this.identityFor({ campaign, recipient: seal });
  }

  /** The identity that opens what was sealed for a recipient, whatever its file is called. Throws SEAL_KEY_MISSING. */
  async identityFor({ campaign, recipient }: SealedFor): Promise<string> {
    const known = this.known.get(recipient);
    if (known !== undefined) return known;
    const { folder } = this;
    const missing = (cause: string) => holdoutError('SEAL_KEY_MISSING', { campaign, recipient, cause });
    if (folder === undefined) throw missing('HOLDOUT_SEAL_KEYS names no folder');
    const unusable: string[] = [];
    for (const name of identityFiles(folder)) {
      try {
        const identity = readIdentity(join(folder, name));
        if ((await recipientOf(identity)) !== recipient) continue;
        this.known.set(recipient, identity);
        return identity;
      } catch (error) {
        unusable.push(`${name} cannot be used: ${messageOf(error)}`);
      }
    }
    throw missing([`no file in ${folder} has its identity`, ...unusable].join('; '));
  }
}

const identityFiles = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(suffix)) : [];

/** The library's own errors quote the identity. */
async function recipientOf(identity: string): Promise<string> {
  const { identityToRecipient } = await import('age-encryption');
  return identityToRecipient(identity).catch(() => {
    throw new Error('its identity is invalid');
  });
}

/** The identity in a file. Its errors quote nothing of the file. */
function readIdentity(file: string): string {
  const [identity] = identityLine.exec(readPrivateFile(file)) ?? [];
  if (identity === undefined) throw new Error('it has no line AGE-SECRET-KEY-1…');
  return identity;
}
