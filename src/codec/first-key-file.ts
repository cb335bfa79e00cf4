import { holdoutError } from '../errors.ts';
import { newKeyFile, writeKeyFile } from './key-file.ts';

/** What a stack without a key file has already: the ids of keys that sealed payloads, and its campaigns. */
interface Earlier {
  keys: readonly string[];
  campaigns: readonly string[];
}

/**
 * Creates the key file at a stack's first start. In a stack from an older version, the campaigns of then still accept plain
 * payloads. Throws CODEC_KEYS_UNREADABLE if there was a file, which is lost.
 */
export function createFirstKeyFile(file: string, { keys, campaigns }: Earlier): void {
  if (keys.length > 0) {
    const cause = `it is missing, and Temporal's payloads are sealed with key ${keys.join(', ')}`;
    throw holdoutError('CODEC_KEYS_UNREADABLE', { file, cause });
  }
  writeKeyFile(file, newKeyFile(campaigns), { fresh: true });
}
