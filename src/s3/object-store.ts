import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { holdoutError } from '../errors.ts';
import type { Settings } from '../settings.ts';

const multipartThreshold = 64 * 1024 * 1024;

/** Between two tries of a conditional write that met another one. */
const conflictPauseMs = 50;

/** The SDK waits for ever by default; a connection that is silent for so long is given up and the call tried again. */
const connectWithinMs = 10_000;
const silentForMs = 60_000;

/** S3 with the few verbs Holdout needs. Credentials, region and endpoint come from the AWS environment unless given. */
export class ObjectStore {
  private readonly client: S3Client;

  constructor(settings: Pick<Settings, 's3PathStyle'>, given: S3ClientConfig = {}) {
    this.client = new S3Client({
      ...given,
      forcePathStyle: settings.s3PathStyle,
      maxAttempts: 5,
      requestHandler: { connectionTimeout: connectWithinMs, socketTimeout: silentForMs },
    });
  }

  /** The object's bytes, or undefined when there is none. For small objects. */
  async find(bucket: string, key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The object's bytes; throws OBJECT_MISSING. For small objects. */
  async read(bucket: string, key: string): Promise<Buffer> {
    const body = await this.find(bucket, key);
    if (body === undefined) throw holdoutError('OBJECT_MISSING', { bucket, key });
    return body;
  }

  /** Parses a JSON object that Holdout itself wrote; throws OBJECT_MISSING. */
  async readJson<T>(bucket: string, key: string): Promise<T> {
    return JSON.parse((await this.read(bucket, key)).toString('utf8')) as T;
  }

  /** Like {@link readJson}, undefined when there is none. */
  async findJson<T>(bucket: string, key: string): Promise<T | undefined> {
    const body = await this.find(bucket, key);
    return body === undefined ? undefined : (JSON.parse(body.toString('utf8')) as T);
  }

  /** Size in bytes, or undefined when there is no such object. */
  async size(bucket: string, key: string): Promise<number | undefined> {
    try {
      const { ContentLength } = await this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return ContentLength ?? 0;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Writes or overwrites. For small objects. */
  async write(bucket: string, key: string, body: string | Buffer): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
  }

  /**
   * Writes only if there is no such object: true when this call wrote it, false when somebody else did before.
   * A 409 (another conditional write under way) is tried again until one of both answers is certain.
   */
  async writeIfAbsent(bucket: string, key: string, body: string | Buffer): Promise<boolean> {
    for (;;) {
      try {
        await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: '*' }));
        return true;
      } catch (error) {
        if (!(error instanceof S3ServiceException)) throw error;
        const status = error.$metadata.httpStatusCode;
        if (status === 412) return false;
        if (status !== 409) throw error;
        await delay(conflictPauseMs);
      }
    }
  }

  /** Writes a record that never changes: a second write of the same bytes is fine, of others throws OBJECT_DIFFERS. */
  async writeOnce(bucket: string, key: string, body: string): Promise<void> {
    if (await this.writeIfAbsent(bucket, key, body)) return;
    if ((await this.read(bucket, key)).toString('utf8') !== body) throw holdoutError('OBJECT_DIFFERS', { bucket, key });
  }

  /** Uploads a file, in parts when it is large. */
  async upload(bucket: string, key: string, file: string): Promise<void> {
    const { size } = await stat(file);
    const body = createReadStream(file);
    if (size <= multipartThreshold) {
      await this.client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: size }));
      return;
    }
    // Loaded when it is needed: most commands upload nothing and would wait for it.
    const { Upload } = await import('@aws-sdk/lib-storage');
    await new Upload({ client: this.client, params: { Bucket: bucket, Key: key, Body: body } }).done();
  }

  /** Streams an object into a file and answers its size and sha256 (hex); throws OBJECT_MISSING. */
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

  /** Size and sha256 (hex) of an object, read once and kept nowhere; throws OBJECT_MISSING. */
  async digest(bucket: string, key: string): Promise<{ bytes: number; sha256: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of await this.stream(bucket, key)) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  /** The object as a stream; throws OBJECT_MISSING. */
  async stream(bucket: string, key: string): Promise<Readable> {
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body as Readable;
    } catch (error) {
      if (isMissing(error)) throw holdoutError('OBJECT_MISSING', { bucket, key }, error);
      throw error;
    }
  }

  /** All keys under a prefix, in the order of the server. */
  async *list(bucket: string, prefix: string): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const object of page.Contents ?? []) if (object.Key !== undefined) yield object.Key;
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === 'NoSuchKey' || error.name === 'NotFound');
