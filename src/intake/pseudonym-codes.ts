import { createHmac } from 'node:crypto';
import type { CodeOf } from '../campaign/pseudonyms/assign-pseudonyms.ts';

/** No vowels, so that no code is a word, and no letter that looks like a digit. */
const letters = 'bcdfghjkmnpqrstvwxz23456789';

/** Characters of a code: 14 million codes, so that two of 2,000 teams rarely get the same one. */
const length = 5;

/** Codes by HMAC-SHA-256: who lacks the secret cannot tell which team a code is of. */
export const codesOf =
  (secret: Uint8Array): CodeOf =>
  (team, attempt) => {
    const digest = createHmac('sha256', secret)
      .update(JSON.stringify([team, attempt]))
      .digest();
    let number = digest.readBigUInt64BE();
    let code = '';
    while (code.length < length) {
      code += letters[Number(number % BigInt(letters.length))] ?? '';
      number /= BigInt(letters.length);
    }
    return code;
  };
