import { WireFault } from './wire-fault.ts';

/**
 * Checks that a request is signed (SigV4) with a configured access key, or answers 403 as AWS does. The signature itself
 * is not computed: this keeps out clients that point at the wrong place, the loopback address keeps out everybody else.
 */
export function checkSignature(authorization: string | undefined, accessKeyIds: readonly string[]): void {
  const used = /^AWS4-HMAC-SHA256 Credential=([^/, ]+)\//.exec(authorization ?? '')?.[1];
  if (used === undefined || !accessKeyIds.includes(used)) {
    throw new WireFault('UnrecognizedClientException', 403, 'The security token included in the request is invalid.');
  }
}
