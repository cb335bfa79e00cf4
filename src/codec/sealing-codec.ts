import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { unauthenticated, type RefusalReason } from '../unauthenticated.ts';
import type { KeyRing } from './key-ring.ts';
import { isSealed, openPayload, sealPayload } from './sealed-payload.ts';

/**
 * Seals every payload on its way to Temporal and opens it on its way back. A payload that is not authenticated becomes a marked
 * value, see unauthenticated.ts: an error would make the workflow's task fail again and again, so that a stranger could stop a
 * campaign with one signal.
 */
export class SealingCodec implements PayloadCodec {
  constructor(private readonly keys: KeyRing) {}

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const { current } = this.keys;
    return payloads.map((payload) => sealPayload(payload, current, context));
  }

  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return payloads.map((payload) => this.open(payload, context));
  }

  private open(payload: Payload, context: SerializationContext | undefined): Payload {
    if (!isSealed(payload) && this.keys.acceptsPlain(context?.workflowId)) return payload;
    const opened = openPayload(payload, (id) => this.keys.find(id), context);
    return opened.kind === 'opened' ? opened.payload : marker(opened.reason);
  }
}

const marker = (reason: RefusalReason): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(unauthenticated(reason))),
});
