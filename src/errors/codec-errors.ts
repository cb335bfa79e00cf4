import { platformError, userError } from './entry.ts';

/** Errors of the codec, which seals what Temporal carries, and of the keys that seal outputs and logs. */
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
  SEAL_KEY_MISSING: platformError<{ campaign: string; recipient: string; cause: string }>(
    (d) =>
      `Outputs and logs of ${d.campaign} are sealed for ${d.recipient}, and this process cannot open them: ${d.cause}. ` +
      'Nothing was changed, and nothing counts against a team.',
    'Put the identity file, which the first start of the campaign made, into the folder that HOLDOUT_SEAL_KEYS names, readable ' +
      'by its owner alone. See docs/verification/sealing.md.',
  ),
  SEAL_RECIPIENT_INVALID: userError<{ given: string }>(
    (d) => `HOLDOUT_SEAL_RECIPIENT is ${JSON.stringify(d.given)}, which is no X25519 recipient of age (age1…).`,
    'Set it to the public key that age-keygen prints, or unset it: then the first start makes a key pair.',
  ),
  UNAUTHENTICATED: platformError<{ what: string; why: string }>(
    (d) => `${d.what} from Temporal is not authenticated: ${d.why}.`,
    'Another program has access to the Temporal namespace. See docs/codec.md.',
  ),
};
