import type { Readable } from 'node:stream';
import { hashedStream } from '../../hashed-stream.ts';
import { HoldoutError } from '../../errors.ts';
import { isOtherThanStored, otherThanStored } from '../../s3/object-store.ts';
import { doesNotOpen } from '../../sealing/age.ts';
import { sha256 } from '../../sha256.ts';
import type { Findings } from './findings.ts';
import type { RecordSource } from './record-source.ts';

/** The first byte at which two contents differ, from 0; undefined if they are equal. */
export function firstDifference(found: Buffer, expected: Buffer): number | undefined {
  if (found.equals(expected)) return undefined;
  const length = Math.min(found.length, expected.length);
  for (let byte = 0; byte < length; byte += 1) if (found[byte] !== expected[byte]) return byte;
  return length;
}

/** How an object is to be: by its sha256 (hex) and who names it. */
interface Expectation {
  digest?: Named | undefined;
}

/** The bytes of an object, as a stream if they are many. */
export type Content = Readable | Buffer;

interface Named {
  sha256: string;
  namedBy: string;
}

/** What an object is to be that only its key says something. */
export const empty = (namedBy: string): Named => ({ sha256: sha256(''), namedBy });

/** The objects of a campaign, each explained and checked when it is read. */
export class CheckedObjects {
  constructor(
    private readonly source: RecordSource,
    readonly findings: Findings,
  ) {}

  /** An object's bytes. A missing or changed one is a fault; undefined if it is missing. */
  async read(bucket: string, key: string, expected: Expectation = {}): Promise<Buffer | undefined> {
    const body = await this.find(bucket, key, expected);
    if (body) this.note(bucket, key, digestFault(sha256(body), expected));
    return body;
  }

  private async find(bucket: string, key: string, expected: Expectation): Promise<Buffer | undefined> {
    const { findings } = this;
    findings.explain(bucket, key);
    const body = await this.source.find(bucket, key).catch(unlessOther);
    if (Buffer.isBuffer(body)) return body;
    findings.fault(bucket, key, body ?? missing(expected.digest));
    return undefined;
  }

  private note(bucket: string, key: string, fault: string | undefined): void {
    const { findings } = this;
    if (fault !== undefined) findings.fault(bucket, key, fault);
  }

  /**
   * The same for JSON with this indentation, by default 2, and its sha256 (hex); undefined if the object is missing or no JSON.
   */
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- Holdout wrote the object; the caller names its type
  async readJson<T extends object>(
    bucket: string,
    key: string,
    { indent = 2, ...expected }: Expectation & { indent?: number } = {},
  ): Promise<Parsed<T> | undefined> {
    const body = await this.find(bucket, key, expected);
    if (body === undefined) return undefined;
    const value = parsed<T>(body);
    const digest = sha256(body);
    this.note(bucket, key, formFault(body, value, indent) ?? digestFault(digest, expected));
    return value && { value, digest };
  }

  /** The keys of empty objects under a prefix. To list them is much faster than to read each. */
  async emptyIn(bucket: string, prefix: string): Promise<Set<string>> {
    const keys = new Set<string>();
    for await (const { key, bytes } of this.source.listSizes(bucket, prefix)) if (bytes === 0) keys.add(key);
    return keys;
  }

  /** Looks only whether an object is there. `keys`: all of its bucket. */
  expect(bucket: string, key: string, namedBy: string, keys: ReadonlySet<string>): void {
    this.findings.explain(bucket, key);
    if (!keys.has(key)) this.findings.fault(bucket, key, missing({ sha256: '', namedBy }));
  }

  /**
   * Streams an object and checks its sha256 (hex); `use` may read it meanwhile, and throws RECORD_CHANGED if it cannot open it. A
   * changed object is a fault. One that should have few bytes is read at once.
   */
  async stream(
    bucket: string,
    key: string,
    { bytes, ...digest }: Named & { bytes?: number },
    use: (content: Content) => Promise<void> = drain,
  ): Promise<void> {
    const { findings, source } = this;
    if (bytes !== undefined && bytes <= fewBytes) {
      const body = await this.read(bucket, key, { digest });
      const isOpened = body === undefined || (await opens(body, use));
      if (!isOpened && sha256(body) === digest.sha256) findings.fault(bucket, key, doesNotOpen);
      return;
    }
    findings.explain(bucket, key);
    let isOpened = true;
    const found = await digestOf(
      () => source.stream(bucket, key),
      async (stream) => {
        isOpened = await opens(stream, use);
      },
    ).catch((error: unknown) => {
      const isMissing = error instanceof HoldoutError && error.code === 'OBJECT_MISSING';
      return isMissing ? undefined : unlessOther(error);
    });
    if (found === undefined) findings.fault(bucket, key, missing(digest));
    else if (found === otherThanStored) findings.fault(bucket, key, otherThanStored);
    else if (found !== digest.sha256) findings.fault(bucket, key, otherDigest(digest));
    else if (!isOpened) findings.fault(bucket, key, doesNotOpen);
  }
}

/** What is read at once instead of as a stream, which costs more. */
const fewBytes = 1024 * 1024;

const missing = (digest?: Named): string => `it is missing${digest ? `; ${digest.namedBy} names it` : ''}`;

const otherDigest = ({ sha256: digest, namedBy }: Named): string =>
  digest === sha256('') ? 'it is not empty' : `its sha256 is not the one in ${namedBy}`;

interface Parsed<T> {
  value: T;
  digest: string;
}

/** The sha256 (hex) of a stream. It is read again if `use` does not read it to its end. */
async function digestOf(open: () => Promise<Readable>, use: (stream: Readable) => Promise<void>): Promise<string> {
  const hashed = hashedStream(await open());
  await use(hashed.stream);
  if (hashed.isRead()) return hashed.digest();
  const again = hashedStream(await open());
  await drain(again.stream);
  return again.digest();
}

/** Whether `use` could open what is in the stream; it throws RECORD_CHANGED if not. */
async function opens(content: Content, use: (content: Content) => Promise<void>): Promise<boolean> {
  try {
    await use(content);
    return true;
  } catch (error) {
    if (error instanceof HoldoutError && error.code === 'RECORD_CHANGED') return false;
    throw error;
  }
}

const drain = async (content: Content): Promise<void> => {
  if (!Buffer.isBuffer(content)) for await (const _ of content);
};

/** Why bytes are not the JSON object that Holdout writes, with the first wrong byte; undefined if they are. */
function formFault(body: Buffer, value: object | undefined, indent: number): string | undefined {
  if (value === undefined) return 'it is not a JSON object';
  const byte = firstDifference(body, Buffer.from(`${JSON.stringify(value, null, indent)}\n`));
  return byte === undefined ? undefined : `byte ${byte} is not as Holdout writes it`;
}

const digestFault = (found: string, { digest }: Expectation): string | undefined =>
  digest === undefined || found === digest.sha256 ? undefined : otherDigest(digest);

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- Holdout wrote the object; the caller names its type
function parsed<T extends object>(body: Buffer): T | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

const isRecordChanged = (error: unknown): boolean => error instanceof HoldoutError && error.code === 'RECORD_CHANGED';

/** The fault of an object that the server itself no longer recognises; other errors are not about the record. */
export function unlessOther(error: unknown): string {
  if (isRecordChanged(error) || isOtherThanStored(error)) return otherThanStored;
  throw error;
}
