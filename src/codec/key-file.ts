import { createHmac, randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { holdoutError, messageOf } from '../errors.ts';
import { readPrivateFile } from '../private-file.ts';

/** Bytes of a key of AES-256. */
const keyBytes = 32;

const keyId = /^[a-z0-9-]{1,32}$/;

/** Whether a text can be the id of a key. */
export const isKeyId = (text: string): boolean => keyId.test(text);

const keyFileSchema = z.strictObject({
  version: z.literal(1),
  /** The key that seals; all keys open. */
  current: z.string(),
  keys: z.record(z.string().regex(keyId), z.base64()),
  /** Campaigns from before their payloads were sealed: plain payloads are still accepted in these, and in no others. */
  plainCampaigns: z.array(z.string()),
});

/** The content of a codec key file. */
export interface KeyFile {
  current: string;
  keys: ReadonlyMap<string, Buffer>;
  plainCampaigns: ReadonlySet<string>;
}

/** Reads a key file that only its owner can read. Throws CODEC_KEYS_UNREADABLE. */
export function readKeyFile(file: string): KeyFile {
  try {
    return parsed(readPrivateFile(file));
  } catch (error) {
    throw holdoutError('CODEC_KEYS_UNREADABLE', { file, cause: causeOf(error) }, error);
  }
}

function parsed(text: string): KeyFile {
  const { current, keys, plainCampaigns } = keyFileSchema.parse(JSON.parse(text));
  const bytes = new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  for (const [id, key] of bytes) {
    if (key.length !== keyBytes) throw new Error(`key ${id} has ${key.length} bytes, not ${keyBytes}`);
  }
  if (!bytes.has(current)) throw new Error(`its current key ${current} is missing`);
  return { current, keys: bytes, plainCampaigns: new Set(plainCampaigns) };
}

/** One line, which names no content of the file. */
function causeOf(error: unknown): string {
  if (error instanceof z.ZodError) return `${error.issues[0]?.path.join('.') || 'its content'} is invalid`;
  return error instanceof SyntaxError ? 'it is not JSON' : messageOf(error);
}

/** A key file with one new key. */
export function newKeyFile(plainCampaigns: readonly string[] = []): KeyFile {
  const [id, key] = newKey();
  return { current: id, keys: new Map([[id, key]]), plainCampaigns: new Set(plainCampaigns) };
}

/** The same file with one more key; the current one stays. */
export function withNewKey(file: KeyFile): { file: KeyFile; id: string } {
  const [id, key] = newKey();
  return { file: { ...file, keys: new Map([...file.keys, [id, key]]) }, id };
}

const newKey = (): [id: string, key: Buffer] => [randomBytes(4).toString('hex'), randomBytes(keyBytes)];

/** Replaces a key file atomically, readable by its owner alone; with `fresh`, fails if there is one. */
export function writeKeyFile(file: string, { current, keys, plainCampaigns }: KeyFile, { fresh = false } = {}): void {
  const encoded = Object.fromEntries([...keys].map(([id, key]) => [id, key.toString('base64')]));
  const content = { version: 1, current, keys: encoded, plainCampaigns: [...plainCampaigns] };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (fresh) {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
    return;
  }
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, text, { mode: 0o600, flush: true });
  renameSync(next, file);
}

/** A value that tells whether two keys are equal and nothing else about them; hex. */
export const checkOf = (key: Buffer): string => createHmac('sha256', key).update('holdout codec key').digest('hex');
