import { Readable } from 'node:stream';
import type { Decrypter, Encrypter } from 'age-encryption';
import { holdoutError } from '../errors.ts';
import { keyOfIdentity } from './identity-key.ts';

/** Seals bytes for an age recipient (`age1…`): only its identity opens them. */
export async function sealBytes(recipient: string, plain: Uint8Array): Promise<Buffer> {
  return Buffer.from(await (await encrypterFor(recipient)).encrypt(plain));
}

/** Seals a stream on its way; keeps 64 KiB of it at a time. */
export async function sealStream(recipient: string, plain: Readable): Promise<Readable> {
  return nodeStream(await (await encrypterFor(recipient)).encrypt(webStream(plain)));
}

/** Loads the library on first use, which few processes need. */
async function encrypterFor(recipient: string): Promise<Encrypter> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter;
}

/** A sealed object while it is read. */
interface SealedObject {
  identity: string;
  /** A stream takes more processor time than the bytes of a small object. */
  sealed: Readable | Buffer;
  /** Where it is, for errors. */
  bucket: string;
  key: string;
}

/** What {@link openStream} finds if an object does not open. */
export const doesNotOpen = 'it does not open with the identity of the campaign';

/**
 * Opens a sealed stream on its way. Every chunk of 64 KiB is authenticated before it is passed on. The stream fails with
 * RECORD_CHANGED if it was sealed for another recipient, not at all, or changed since.
 */
export const openStream = (object: SealedObject): Readable => Readable.from(openChunks(object), { objectMode: false });

/** The same without a stream around it. */
export async function* openChunks({ identity, sealed, bucket, key }: SealedObject): AsyncGenerator<Uint8Array> {
  let readError: unknown;
  if (!Buffer.isBuffer(sealed)) sealed.once('error', (error) => (readError = error));
  const decrypter = await decrypterFor(identity);
  try {
    if (Buffer.isBuffer(sealed)) {
      yield await decrypter.decrypt(sealed);
      return;
    }
    const plain = await decrypter.decrypt(webStream(sealed));
    for await (const chunk of nodeStream(plain)) yield chunk as Uint8Array;
  } catch (error) {
    throw readError ?? holdoutError('RECORD_CHANGED', { bucket, key, what: doesNotOpen }, error);
  }
}

const decrypters = new Map<string, Promise<Decrypter>>();

/** Made once per process: a new one computes the public key of the identity before it opens anything. */
function decrypterFor(identity: string): Promise<Decrypter> {
  const decrypter = decrypters.get(identity) ?? makeDecrypter(identity);
  decrypters.set(identity, decrypter);
  return decrypter;
}

async function makeDecrypter(identity: string): Promise<Decrypter> {
  const { Decrypter: AgeDecrypter } = await import('age-encryption');
  const decrypter = new AgeDecrypter();
  decrypter.addIdentity(await keyOfIdentity(identity));
  return decrypter;
}

// The library's types name the browsers' stream, which is the same class.
const webStream = (stream: Readable): globalThis.ReadableStream<Uint8Array> =>
  Readable.toWeb(stream) as globalThis.ReadableStream<Uint8Array>;
const nodeStream = (stream: globalThis.ReadableStream<Uint8Array>): Readable => Readable.fromWeb(stream);
