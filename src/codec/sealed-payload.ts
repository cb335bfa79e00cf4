import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Payload, SerializationContext } from '@temporalio/common';
import type { RefusalReason } from '../unauthenticated.ts';
import { framed, unframed } from './frame.ts';

/** The encoding that other programs use for encrypted payloads too. */
const sealedEncoding = Buffer.from('binary/encrypted');

/** AES-256-GCM with its usual sizes, in bytes. A key may seal 2^32 payloads with random nonces (NIST SP 800-38D, 8.3). */
const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
/** Enough to tell workflows and activities apart; a summary has to fit 400 bytes. */
const contextBytes = 16;

export type Opened = { kind: 'opened'; payload: Payload } | { kind: 'refused'; reason: RefusalReason };

/**
 * Seals a payload for one workflow or one activity of a workflow. Key id and a digest of the context are readable, and
 * authenticated with the rest.
 */
export function sealPayload(
  payload: Payload,
  { id, key }: { id: string; key: Buffer },
  context?: SerializationContext,
): Payload {
  const nonce = randomBytes(nonceBytes);
  const digest = digestOf(context);
  const cipherer = createCipheriv(cipher, key, nonce).setAAD(authenticated(id, digest));
  const body = Buffer.concat([cipherer.update(framed(payload)), cipherer.final()]);
  return {
    metadata: { encoding: sealedEncoding, key: Buffer.from(id), for: digest },
    data: Buffer.concat([nonce, cipherer.getAuthTag(), body]),
  };
}

export const isSealed = (payload: Payload): boolean =>
  sealedEncoding.equals(payload.metadata?.['encoding'] ?? Buffer.alloc(0));

/** The id of the key that sealed a payload, as the payload says; any text. */
export const keyIdOf = (payload: Payload): string => Buffer.from(payload.metadata?.['key'] ?? []).toString();

/** Opens a sealed payload. Without a context, as for people who look at a history, it may be sealed for any. */
export function openPayload(
  payload: Payload,
  find: (id: string) => Buffer | undefined,
  context?: SerializationContext,
): Opened {
  if (!isSealed(payload)) return { kind: 'refused', reason: 'plain' };
  const id = keyIdOf(payload);
  const digest = Buffer.from(payload.metadata?.['for'] ?? []);
  const key = find(id);
  if (key === undefined) return { kind: 'refused', reason: 'unknown-key' };
  const plain = deciphered(Buffer.from(payload.data ?? []), key, authenticated(id, digest));
  const opened = plain && unframed(plain);
  if (opened === undefined) return { kind: 'refused', reason: 'altered' };
  if (context !== undefined && !digest.equals(digestOf(context))) return { kind: 'refused', reason: 'moved' };
  return { kind: 'opened', payload: opened };
}

function deciphered(data: Buffer, key: Buffer, aad: Buffer): Buffer | undefined {
  if (data.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(cipher, key, data.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(aad).setAuthTag(data.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(data.subarray(nonceBytes + tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

const authenticated = (id: string, digest: Buffer): Buffer =>
  Buffer.concat([Buffer.from(JSON.stringify(['holdout', 1, id])), digest]);

function digestOf(context: SerializationContext | undefined): Buffer {
  const activity = context?.type === 'activity' ? context.activityId : undefined;
  const parts = [context?.namespace, context?.type, context?.workflowId, activity].map((part) => part ?? null);
  return createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, contextBytes);
}
