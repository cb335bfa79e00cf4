import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import type { Blob, BlobFolder } from './blob-folder.ts';
import { allJsonBytes, jsonBytes, maxArchiveLinks } from './archive-limits.ts';
import { isShallow } from './json-depth.ts';
import { refuse } from '../refusal.ts';
import type { ArchiveContent } from './read-archive.ts';

/** The files of an archive, by name or by digest, and the JSON in them. */
export class ArchiveFiles {
  private jsonLeft = allJsonBytes;

  constructor(
    private readonly archive: ArchiveContent,
    private readonly blobs: BlobFolder,
  ) {}

  get names(): readonly string[] {
    return [...this.archive.files.keys()];
  }

  /** The file of a name, following links; undefined when there is none. Throws a Refusal for a circle of links. */
  find(name: string): Blob | undefined {
    let at = name;
    for (let followed = 0; followed <= maxArchiveLinks; followed += 1) {
      const target = this.archive.links.get(at);
      if (target === undefined) return this.archive.files.get(at);
      at = target;
    }
    return refuse(`the archive has more than ${maxArchiveLinks} links in a row`);
  }

  /** The blob of an OCI digest; undefined when the archive lacks it. Throws a Refusal when its content does not match. */
  blob(digest: string): Blob | undefined {
    const hex =
      /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1] ?? refuse('the archive names a blob by a digest that is not sha256');
    const blob = this.find(`blobs/sha256/${hex}`);
    if (blob !== undefined && blob.sha256 !== hex)
      refuse(`the blob ${digest} has different content: its sha256 is ${blob.sha256}`);
    return blob;
  }

  /**
   * The JSON in a file; undefined when it is not JSON, too large or nested too deeply. Throws a Refusal when all JSON of the
   * archive together is too large.
   */
  async json(file: Blob): Promise<unknown> {
    if (file.bytes > jsonBytes) return undefined;
    if ((this.jsonLeft -= file.bytes) < 0) refuse(`the archive has more than ${allJsonBytes} bytes of JSON`);
    const text = await readFile(this.blobs.path(file));
    try {
      return isShallow(text) ? (JSON.parse(text.toString('utf8')) as unknown) : undefined;
    } catch {
      return undefined;
    }
  }

  /** As {@link json}, checked; throws a Refusal that calls the file `what`. */
  async parsed<Schema extends z.ZodType>(file: Blob, what: string, schema: Schema): Promise<z.output<Schema>> {
    const json = await this.json(file);
    if (json === undefined) refuse(`${what} is not JSON of at most ${jsonBytes} bytes`);
    return parsedJson(json, what, schema);
  }
}

/** Checks JSON of an archive; the refusal names the invalid field only by words of the schema. */
export function parsedJson<Schema extends z.ZodType>(json: unknown, what: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.') ?? '';
  return refuse(`${what} is invalid${at === '' ? '' : ` at ${at}`}`);
}
