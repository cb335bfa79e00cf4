import { webcrypto } from 'node:crypto';

/** Of Bech32, in which age writes identities. */
const letters = 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L';
const [prefix, checksumLetters, keyBytes] = ['AGE-SECRET-KEY-1', 6, 32];

/** PKCS #8 of an X25519 key, up to its bytes. */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');

/**
 * The key of an identity `AGE-SECRET-KEY-1…`. Of an identity as text, the library makes the key twice for every object that it
 * opens, which takes longer than to open a small one.
 */
export const keyOfIdentity = (identity: string): Promise<webcrypto.CryptoKey> => importKey(bytesOf(identity));

const importKey = (bytes: Buffer): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', Buffer.concat([pkcs8Head, bytes]), { name: 'X25519' }, false, ['deriveBits']);

/** The identity was checked when it was read (seal-keys.ts). */
function bytesOf(identity: string): Buffer {
  const bits = Array.from(identity.slice(prefix.length, -checksumLetters), (letter) =>
    letters.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  return Buffer.from(
    Array.from({ length: keyBytes }, (_, byte) => Number.parseInt(bits.slice(8 * byte, 8 * byte + 8), 2)),
  );
}
