import { crc32 } from 'node:zlib';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Sha256 } from '@smithy/core/checksum';
import { getEndpointFromInstructions } from '@smithy/core/endpoints';
import { extendedEncodeURIComponent, HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { callResult, type OnCall } from '../metrics/aws-calls.ts';
import { SmallObjectConnections, type SmallResponse } from './small-object-connections.ts';

/** Larger objects are left to the SDK, which does not hold them in memory. */
const maxBytes = 4 * 1024 * 1024;

const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Where the objects of a bucket are, as the SDK's own rules say. */
interface BucketLocation {
  url: URL;
  headers: Record<string, string>;
  signer: SignatureV4;
}

/**
 * Reads small objects with a quarter of the SDK's processor time (docs/benchmarks.md): one signed request with the credentials,
 * region and endpoint of the SDK's client. Whatever is not a complete object with the right checksum is left to the SDK, which
 * retries, follows other regions and explains errors.
 */
export class SmallObjectReader {
  private readonly locations = new Map<string, Promise<BucketLocation | undefined>>();

  constructor(
    private readonly client: S3Client,
    private readonly bucketOwner: string | undefined,
    private readonly onCall: OnCall = () => undefined,
    private readonly connections = new SmallObjectConnections(client, maxBytes),
  ) {}

  /** The object's bytes; `missing` if there is no such object; undefined if the SDK has to read it, or to say why it cannot. */
  async find(bucket: string, key: string): Promise<Buffer | 'missing' | undefined> {
    try {
      const location = await this.locationOf(bucket);
      if (location === undefined) return undefined;
      const request = await this.signed(location, key);
      return outcomeOf(await this.responseTo(request));
    } catch {
      // The SDK's own request meets the same fault and says what it is, or succeeds.
      return undefined;
    }
  }

  private async responseTo(request: HttpRequest): Promise<SmallResponse> {
    let status: number | undefined;
    try {
      const response = await this.connections.send(request);
      status = response.status;
      return response;
    } finally {
      // S3 throttles with 503; its word for it is in the body, which nobody reads here.
      this.onCall('s3', 'GetObject', callResult(status, status === 503 ? 'SlowDown' : ''));
    }
  }

  private locationOf(bucket: string): Promise<BucketLocation | undefined> {
    const location = this.locations.get(bucket) ?? this.locate(bucket);
    this.locations.set(bucket, location);
    location.catch(() => this.locations.delete(bucket));
    return location;
  }

  /** Undefined for buckets that need another signature than S3's usual one. */
  private async locate(bucket: string): Promise<BucketLocation | undefined> {
    const { config } = this.client;
    const { url, properties } = await getEndpointFromInstructions(
      { Bucket: bucket, Key: 'key' },
      GetObjectCommand,
      config as object,
    );
    const [scheme] = (properties?.['authSchemes'] ?? []) as {
      name: string;
      signingName: string;
      signingRegion?: string;
    }[];
    if (scheme?.name !== 'sigv4' || scheme.signingName !== 's3') return undefined;
    const signer = new SignatureV4({
      service: 's3',
      region: scheme.signingRegion ?? (await config.region()),
      credentials: config.credentials,
      sha256: Sha256,
      uriEscapePath: false,
    });
    const owner = this.bucketOwner !== undefined && { 'x-amz-expected-bucket-owner': this.bucketOwner };
    return { url, headers: { host: url.host, ...owner }, signer };
  }

  private async signed({ url, headers, signer }: BucketLocation, key: string): Promise<HttpRequest> {
    const { protocol, hostname, port, pathname } = url;
    const request = new HttpRequest({
      method: 'GET',
      protocol,
      hostname,
      ...(port !== '' && { port: Number(port) }),
      path: `${pathname.replace(/\/$/, '')}/${key.split('/').map(extendedEncodeURIComponent).join('/')}`,
      headers: { ...headers, 'x-amz-checksum-mode': 'ENABLED', 'x-amz-content-sha256': emptySha256 },
    });
    // Which the SDK learns from a server that refused a request because of its time.
    const signingDate = new Date(Date.now() + this.client.config.systemClockOffset);
    return (await signer.sign(request, { signingDate })) as HttpRequest;
  }
}

function outcomeOf({ status, headers, body }: SmallResponse): Buffer | 'missing' | undefined {
  if (status === 200 && body) return intact(headers, body);
  // Of a missing bucket it says NoSuchBucket.
  return status === 404 && body?.includes('<Code>NoSuchKey</Code>') ? 'missing' : undefined;
}

const checksum = /^x-amz-checksum-(?!type$|mode$)/;

/** The body if it is complete and fits its CRC-32; the SDK knows the other checksums. */
function intact(headers: SmallResponse['headers'], body: Buffer): Buffer | undefined {
  if (Number(headers['content-length']) !== body.length) return undefined;
  for (const [name, value] of Object.entries(headers)) {
    if (checksum.test(name) && !(name === 'x-amz-checksum-crc32' && value === crc32Of(body))) return undefined;
  }
  return body;
}

function crc32Of(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}
