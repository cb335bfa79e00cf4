import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { timingSafeEqual } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { sha256 } from '../../../sha256.ts';

/** The credentials that may sign requests, and the region that a signature must be for. */
export interface Signers {
  region: string;
  credentials: readonly { accessKeyId: string; secretAccessKey: string }[];
}

/** A request as received: path and query not decoded, header names in lower case. */
export interface SignedRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** As on AWS, so that a captured request cannot be replayed later. */
const maxSkewMs = 5 * 60_000;

/**
 * Verifies AWS Signature Version 4 over method, path, query, headers and body, by signing the request again with the secret
 * key of its access key id. Throws a 403 as AWS does. Presigned URLs are not accepted.
 */
export async function checkSignature(request: SignedRequest, signers: Signers, now = Date.now()): Promise<void> {
  const { accessKeyId, scope, signedHeaders, signature } = parseAuthorization(request.headers['authorization']);
  const known = signers.credentials.find((credential) => credential.accessKeyId === accessKeyId);
  if (known === undefined || request.headers['x-amz-security-token'] !== undefined) {
    throw new AwsError('UnrecognizedClientException', 403, 'The security token included in the request is invalid.');
  }
  const date = dateIn(request.headers['x-amz-date'], now);
  if (scope !== `${date.amz.slice(0, 8)}/${signers.region}/batch/aws4_request`) {
    throw invalid(`Credential should be scoped to ${signers.region}/batch and the day of X-Amz-Date.`);
  }
  requireSigned(request.headers, signedHeaders);
  requireBody(request.headers['x-amz-content-sha256'], request.body);
  const expected = await signatureOf(request, { known, region: signers.region, signedHeaders, signingDate: date.at });
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
    throw invalid('The request signature we calculated does not match the signature you provided.');
  }
}

function parseAuthorization(authorization: string | string[] | undefined) {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/([^,\s]+),\s*SignedHeaders=([a-z0-9;_-]+),\s*Signature=([0-9a-f]{64})$/;
  if (typeof authorization !== 'string') {
    throw new AwsError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token');
  }
  const [, accessKeyId, scope, signedHeaders, signature] = form.exec(authorization) ?? [];
  if (accessKeyId === undefined || scope === undefined || signedHeaders === undefined || signature === undefined) {
    throw new AwsError('IncompleteSignatureException', 403, 'The Authorization header is not one of AWS4-HMAC-SHA256.');
  }
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(';'), signature };
}

function dateIn(header: string | string[] | undefined, now: number): { amz: string; at: Date } {
  const amz = typeof header === 'string' ? header : '';
  const at = new Date(amz.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  // An invalid date is NaN, for which every comparison is false.
  if (!(Math.abs(at.getTime() - now) <= maxSkewMs)) {
    throw invalid('Signature expired or not yet current: X-Amz-Date is more than 5 minutes away.');
  }
  return { amz, at };
}

/** The host and all headers with a meaning to AWS must be signed, else they could be changed in transit. */
function requireSigned(headers: SignedRequest['headers'], signedHeaders: readonly string[]): void {
  const needed = [
    'host',
    ...Object.keys(headers).filter((name) => name.startsWith('x-amz-') || name === 'content-type'),
  ];
  const missing = needed.filter((name) => !signedHeaders.includes(name));
  if (missing.length > 0) throw invalid(`'${missing.join("', '")}' must be a signed header.`);
}

/** A stated hash of the body is signed, so it must match. UNSIGNED-PAYLOAD does not. */
function requireBody(stated: string | string[] | undefined, body: Buffer): void {
  if (stated === undefined || stated === sha256(body)) return;
  throw invalid('X-Amz-Content-Sha256 is not the hash of the body.');
}

interface Signing {
  known: Signers['credentials'][number];
  region: string;
  signedHeaders: readonly string[];
  signingDate: Date;
}

async function signatureOf({ method, url, headers, body }: SignedRequest, signing: Signing): Promise<string> {
  const { pathname, query } = splitUrl(url);
  const given = signing.signedHeaders.map((name) => [name, String(headers[name] ?? '')] as const);
  const signer = new SignatureV4({
    credentials: signing.known,
    region: signing.region,
    service: 'batch',
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: 'localhost',
      path: pathname,
      query,
      headers: Object.fromEntries(given),
      body,
    },
    { signingDate: signing.signingDate, signableHeaders: new Set(signing.signedHeaders) },
  );
  return signed.headers['authorization']?.slice(-64) ?? '';
}

/** The path stays encoded, as it was signed; names and values of the query are decoded. */
function splitUrl(url: string): { pathname: string; query: Record<string, string[]> } {
  const [pathname = '', search = ''] = url.split(/\?(.*)/s);
  const parameters = new URLSearchParams(search);
  const query = Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
  return { pathname, query };
}

const invalid = (why: string): AwsError => new AwsError('InvalidSignatureException', 403, why);
