import { createHash } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
const nameLength = 40;

/**
 * The Batch job name of a run: `ho-` and the first 40 characters of lower-case base32(sha256(runKey)). Lower case because
 * Batch's JOB_NAME filter ignores case.
 */
export const jobNameOf = (runKey: string): string => `ho-${base32(createHash('sha256').update(runKey).digest())}`;

function base32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return text.slice(0, nameLength);
}
