import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { devNull } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { OnCall } from '../metrics/aws-calls.ts';
import { holdoutError } from '../errors.ts';
import { retryFor } from '../retry-for.ts';
import { SmallObjectReader } from './small-object-reader.ts';
import { connectionLimits, openS3Client, type S3Settings } from './s3-client.ts';

/** A file has other bytes than a moment ago. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';
}

/** Of an upload in parts, in bytes: the least that S3 accepts; a smaller file is one request. Parts are kept in memory. */
const smallestPart = 5 * 1024 * 1024;
const partsAtOnce = 2;
/** S3 accepts 10,000; a file that grows meanwhile may need some more. */
const mostParts = 9_000;

const multipartThreshold = 64 * 1024 * 1024;

/** One bucket. */
export interface Bucket {
  store: ObjectStore;
  bucket: string;
}

/** S3 with the few operations that Holdout needs. Credentials, region and endpoint come from the AWS environment unless given. */
export class ObjectStore {
  private readonly client: S3Client;
  private readonly lean: SmallObjectReader;

  constructor(settings: S3Settings, given: S3ClientConfig = {}, onCall?: OnCall) {
    const limits = { ...given, maxAttempts: 5, requestHandler: connectionLimits };
    this.client = openS3Client(settings, limits, onCall);
    this.lean = new SmallObjectReader(this.client, settings.bucketOwner, onCall);
  }

  /** The object's bytes, or undefined if there is no such object; throws RECORD_CHANGED. For small objects. */
  async find(bucket: string, key: string): Promise<Buffer | undefined> {
    const lean = await this.lean.find(bucket, key);
    if (lean !== undefined) return lean === 'missing' ? undefined : lean;
    const found = await unlessMissing(this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    try {
      return found?.Body && Buffer.from(await found.Body.transformToByteArray());
    } catch (error) {
      if (isOtherThanStored(error)) throw holdoutError('RECORD_CHANGED', { bucket, key, what: otherThanStored }, error);
      throw error;
    }
  }

  /** The object's bytes; throws OBJECT_MISSING. For small objects. */
  async read(bucket: string, key: string): Promise<Buffer> {
    const body = await this.find(bucket, key);
    if (body === undefined) throw holdoutError('OBJECT_MISSING', { bucket, key });
    return body;
  }

  /** Parses a JSON object that Holdout itself wrote, or returns undefined if there is no such object. */
  async findJson<T>(bucket: string, key: string): Promise<T | undefined> {
    const body = await this.find(bucket, key);
    return body === undefined ? undefined : (JSON.parse(body.toString('utf8')) as T);
  }

  /** Like {@link findJson}, but throws OBJECT_MISSING. */
  async readJson<T>(bucket: string, key: string): Promise<T> {
    return JSON.parse((await this.read(bucket, key)).toString('utf8')) as T;
  }

  /** Size in bytes, or undefined if there is no such object. */
  async size(bucket: string, key: string): Promise<number | undefined> {
    const found = await unlessMissing(this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    return found && (found.ContentLength ?? 0);
  }

  /** Whether there is such an object; needs the right to list the bucket, but none to read the object. */
  async exists(bucket: string, key: string): Promise<boolean> {
    const { Contents } = await this.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
    return Contents?.[0]?.Key === key;
  }

  /** Writes or overwrites. For small objects. */
  async write(bucket: string, key: string, body: string | Buffer): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  /** Writes only if there is no such object; returns whether this call wrote it. */
  writeIfAbsent(bucket: string, key: string, body: string | Buffer): Promise<boolean> {
    // The SDK takes an empty string for a stream of unknown length.
    const Body = Buffer.from(body);
    return wasAbsent(() =>
      this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, IfNoneMatch: '*' })),
    );
  }

  /** Writes a record that never changes. The same bytes may be written again; different ones throw OBJECT_DIFFERS. */
  async writeOnce(bucket: string, key: string, body: string): Promise<void> {
    if (await this.writeIfAbsent(bucket, key, body)) return;
    if ((await this.read(bucket, key)).toString('utf8') !== body) throw holdoutError('OBJECT_DIFFERS', { bucket, key });
  }

  /**
   * Uploads a file with this sha256 (hex), in parts when it is large. Throws {@link FileChangedError}, and makes no object, if the
   * file has other bytes by now.
   */
  async upload(bucket: string, key: string, file: string, digest: string): Promise<void> {
    const { size } = await stat(file);
    // Loaded only here, because most commands upload nothing.
    const { Upload } = await import('@aws-sdk/lib-storage');
    const params = { Bucket: bucket, Key: key, Body: Readable.from(unchanged(file, digest), { objectMode: false }) };
    const partSize = Math.max(smallestPart, Math.ceil(size / mostParts));
    await new Upload({ client: this.client, params, partSize, queueSize: partsAtOnce }).done();
  }

  /** Uploads a file, in parts when it is large, if there is no such object; returns whether this call wrote it. */
  uploadIfAbsent(bucket: string, key: string, file: string): Promise<boolean> {
    return wasAbsent(() => this.send({ Bucket: bucket, Key: key, IfNoneMatch: '*' }, file));
  }

  private async send(
    object: Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'IfNoneMatch'>,
    file: string,
  ): Promise<void> {
    const { size } = await stat(file);
    const params = { ...object, Body: createReadStream(file) };
    if (size <= multipartThreshold) {
      await this.client.send(new PutObjectCommand({ ...params, ContentLength: size }));
      return;
    }
    // Loaded only here, because most commands upload nothing.
    const { Upload } = await import('@aws-sdk/lib-storage');
    await new Upload({ client: this.client, params }).done();
  }

  /** Streams an object into a file and returns its size and sha256 (hex); throws OBJECT_MISSING. */
  async download(bucket: string, key: string, file: string): Promise<{ bytes: number; sha256: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    const body = await this.stream(bucket, key);
    body.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    await pipeline(body, createWriteStream(file));
    return { bytes, sha256: hash.digest('hex') };
  }

  /** Size and sha256 (hex) of an object, which is read but not kept; throws OBJECT_MISSING. */
  digest(bucket: string, key: string): Promise<{ bytes: number; sha256: string }> {
    return this.download(bucket, key, devNull);
  }

  /** The object as a stream; throws OBJECT_MISSING. */
  async stream(bucket: string, key: string): Promise<Readable> {
    const found = await unlessMissing(this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    if (found === undefined) throw holdoutError('OBJECT_MISSING', { bucket, key });
    return found.Body as Readable;
  }

  /** All keys under a prefix, in the order of the server. */
  async *list(bucket: string, prefix: string): AsyncGenerator<string> {
    for await (const { key } of this.listSizes(bucket, prefix)) yield key;
  }

  /** The same with the size of each object in bytes. */
  async *listSizes(bucket: string, prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket: bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages)
      for (const { Key: key, Size: bytes = 0 } of Contents) if (key !== undefined) yield { key, bytes };
  }
}

/** The bytes of a file; fails at its end unless they have this sha256 (hex). */
async function* unchanged(file: string, digest: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  if (hash.digest('hex') !== digest) throw new FileChangedError(`${file} has changed`);
}

/** What {@link isOtherThanStored} means. */
export const otherThanStored = 'its bytes do not fit the checksum that S3 has of them';

/** Whether reading an object failed because the server's files were changed behind its back. */
export const isOtherThanStored = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('Checksum mismatch');

/** Whether a write with If-None-Match wrote the object. Repeats it while another write is pending (409). */
async function wasAbsent(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await retryFor(write, { firstPause: 50, isPermanent: (error) => statusOf(error) !== 409 });
    return true;
  } catch (error) {
    if (statusOf(error) === 412 || isLocked(error)) return false;
    throw error;
  }
}

/** The response, or undefined if there is no such object. */
async function unlessMissing<T>(response: Promise<T>): Promise<T | undefined> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof S3ServiceException && ['NoSuchKey', 'NotFound'].includes(error.name)) return undefined;
    throw error;
  }
}

/** The embedded S3 server looks at locks first, and refuses to replace an object before it evaluates If-None-Match. */
const isLocked = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  error.name === 'AccessDenied' &&
  /protected by object lock/.test(error.message);

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
