import type { WorkflowClientInterceptor, ClientOptions } from '@temporalio/client';
import { holdoutError } from '../errors.ts';
import { unauthenticatedBecause, unauthenticatedText } from '../unauthenticated.ts';
import type { KeyRing } from './key-ring.ts';
import { SealingCodec } from './sealing-codec.ts';

/** The options of a Temporal client whose payloads are sealed; without keys they are plain. */
export function codecOptions(keys: KeyRing | undefined): Pick<ClientOptions, 'dataConverter' | 'interceptors'> {
  if (keys === undefined) return {};
  return { dataConverter: { payloadCodecs: [new SealingCodec(keys)] }, interceptors: { workflow: [authenticReplies] } };
}

/** A rogue worker may answer a query. Throws UNAUTHENTICATED. */
const authenticReplies: WorkflowClientInterceptor = {
  async query(input, next) {
    const reply = await next(input);
    const reason = unauthenticatedBecause(reply);
    if (reason === undefined) return reply;
    throw holdoutError('UNAUTHENTICATED', {
      what: `The reply to ${input.queryType}`,
      why: unauthenticatedText[reason],
    });
  },
};
