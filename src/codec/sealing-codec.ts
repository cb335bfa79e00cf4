import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { unauthenticated, type RefusalReason } from '../unauthenticated.ts';
import { holdoutError } from '../errors.ts';
import type { KeyRing } from './key-ring.ts';
import { isSealed, keyIdOf, openPayload, sealPayload } from './sealed-payload.ts';

/** Whether a key that this process lacks has ever sealed payloads here, see {@link RegisteredKeys}. */
export type IsRegistered = (id: string) => Promise<boolean>;

/**
 * Seals every payload on its way to Temporal and opens it on its way back. A payload that is not authenticated becomes a marked
 * value, see unauthenticated.ts: an error would make the workflow's task fail again and again, so that a stranger could stop a
 * campaign with one signal. Only a payload whose key is registered and missing in this process is an error, so that the task is
 * repeated until its file has the key: a refusal would be another one at the next replay. No stranger can register a key.
 */
export class SealingCodec implements PayloadCodec {
  /** `isRegistered`: for workers; what clients and the Web UI read is never replayed. */
  constructor(
    private readonly keys: KeyRing,
    private readonly isRegistered: IsRegistered = () => Promise.resolve(false),
  ) {}

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const { current } = this.keys;
    return payloads.map((payload) => sealPayload(payload, current, context));
  }

  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return Promise.all(payloads.map((payload) => this.open(payload, context)));
  }

  private async open(payload: Payload, context: SerializationContext | undefined): Promise<Payload> {
    if (!isSealed(payload) && this.keys.acceptsPlain(context?.workflowId)) return payload;
    const opened = openPayload(payload, (id) => this.keys.find(id), context);
    if (opened.kind === 'opened') return opened.payload;
    const key = keyIdOf(payload);
    if (opened.reason === 'unknown-key' && (await this.isRegistered(key)))
      throw holdoutError('CODEC_KEY_WRONG', { file: this.keys.file, key, why: 'is missing in it' });
    return marker(opened.reason);
  }
}

const marker = (reason: RefusalReason): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(unauthenticated(reason))),
});
