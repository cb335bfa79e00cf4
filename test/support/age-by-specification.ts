/** Opens age files by the specification (age-encryption.org/v1) with Node's own cryptography; shares no code with the product. */
import assert from 'node:assert/strict';
import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';

const chunkBytes = 65_536 + 16;

/** The plain bytes of a file that was sealed for one X25519 recipient. `identity`: `AGE-SECRET-KEY-1…`. */
export function openedBySpecification(sealed: Buffer, identity: string): Buffer {
  const macLine = sealed.indexOf('\n--- ') + 1;
  const headerEnd = sealed.indexOf('\n', macLine) + 1;
  const header = sealed.subarray(0, headerEnd).toString('latin1');
  const found = /^age-encryption\.org\/v1\n-> X25519 (\S+)\n(\S+)\n--- (\S+)\n$/.exec(header);
  assert.ok(found, 'it has the header of an age file for one X25519 recipient');
  const [, ephemeral = '', body = '', mac = ''] = found;
  const fileKey = unwrapped(identity, Buffer.from(ephemeral, 'base64'), Buffer.from(body, 'base64'));
  const covered = sealed.subarray(0, macLine + '---'.length);
  const expected = createHmac('sha256', derived(fileKey, Buffer.alloc(0), 'header'))
    .update(covered)
    .digest('base64');
  assert.equal(mac, expected.replace(/=+$/, ''), 'the header is authentic');
  const payload = sealed.subarray(headerEnd + 16);
  const key = derived(fileKey, sealed.subarray(headerEnd, headerEnd + 16), 'payload');
  const chunks = Array.from({ length: Math.ceil(payload.length / chunkBytes) }, (_, index) => {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(index, 7);
    nonce[11] = (index + 1) * chunkBytes >= payload.length ? 1 : 0;
    return decrypted(key, nonce, payload.subarray(index * chunkBytes, (index + 1) * chunkBytes));
  });
  return Buffer.concat(chunks);
}

const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const spki = Buffer.from('302a300506032b656e032100', 'hex');

function unwrapped(identity: string, ephemeral: Buffer, body: Buffer): Buffer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8, fromBech32(identity)]),
    format: 'der',
    type: 'pkcs8',
  });
  const own = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spki.length);
  const publicKey = createPublicKey({ key: Buffer.concat([spki, ephemeral]), format: 'der', type: 'spki' });
  const shared = diffieHellman({ privateKey, publicKey });
  return decrypted(
    derived(shared, Buffer.concat([ephemeral, own]), 'age-encryption.org/v1/X25519'),
    Buffer.alloc(12),
    body,
  );
}

const derived = (key: Buffer, salt: Buffer, use: string): Buffer => Buffer.from(hkdfSync('sha256', key, salt, use, 32));

function decrypted(key: Buffer, nonce: Buffer, sealed: Buffer): Buffer {
  const cipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
}

const letters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** The 32 bytes of a key; its checksum of 6 letters is not looked at. */
function fromBech32(text: string): Buffer {
  const data = text.slice(text.lastIndexOf('1') + 1, -6).toLowerCase();
  const bits = Array.from(data, (letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
