import { platformError, userError } from './entry.ts';

/** Errors of the codec, which seals what Temporal carries. */
export const codecErrors = {
  CODEC_KEYS_UNREADABLE: userError<{ file: string; cause: string }>(
    (d) => `The codec key file ${d.file} cannot be used: ${d.cause}; nothing was changed.`,
    'Restore the file from a copy, readable by its owner alone (chmod 600). See docs/codec.md.',
  ),
  CODEC_KEY_WRONG: userError<{ file: string; key: string; why: string }>(
    (d) => `The codec key file ${d.file} does not fit this namespace: key ${d.key} ${d.why}; nothing was changed.`,
    'Restore the key file with which the campaigns were started, or add the missing key to it. See docs/codec.md.',
  ),
  CODEC_KEYS_UNSET: userError<{ key: string }>(
    (d) =>
      `Temporal's payloads are sealed with key ${d.key}, and HOLDOUT_CODEC_KEYS names no key file; nothing was changed.`,
    'Set HOLDOUT_CODEC_KEYS to the key file with which the campaigns were started. See docs/codec.md.',
  ),
  UNAUTHENTICATED: platformError<{ what: string; why: string }>(
    (d) => `${d.what} from Temporal is not authenticated: ${d.why}.`,
    'Another program has access to the Temporal namespace. See docs/codec.md.',
  ),
};
