import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { holdoutError } from '../../../src/errors.ts';
import type { RecordSource } from '../../../src/ledger/verification/record-source.ts';
import { bucketsOf } from '../../../src/settings.ts';

/** The buckets of a home in memory, to change them and verify the result. */
export class RecordCopy implements RecordSource {
  /** By `<bucket>/<key>`. */
  constructor(private readonly objects: ReadonlyMap<string, Buffer>) {}

  static of(home: string): RecordCopy {
    const objects = new Map<string, Buffer>();
    for (const bucket of Object.values(bucketsOf({ bucketPrefix: '' })) as string[]) {
      const folder = join(home, 's3', bucket);
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && !file.includes('/.'))
          objects.set(join(bucket, file.slice(folder.length)), readFileSync(file));
      }
    }
    return new RecordCopy(objects);
  }

  /** The same with other objects; undefined removes one. */
  with(changes: Record<string, Buffer | undefined>): RecordCopy {
    const objects = new Map(this.objects);
    for (const [name, body] of Object.entries(changes)) {
      if (body === undefined) objects.delete(name);
      else objects.set(name, body);
    }
    return new RecordCopy(objects);
  }

  /** The names and bytes of all objects of a campaign. */
  all(campaign: string): [name: string, body: Buffer][] {
    return [...this.objects].filter(([name]) => name.split('/')[1] === campaign);
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<string> {
    for (const name of this.objects.keys()) {
      if (name.startsWith(`${bucket}/${prefix}`)) yield name.slice(bucket.length + 1);
    }
  }

  async *listSizes(bucket: string, prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    for await (const key of this.list(bucket, prefix))
      yield { key, bytes: this.objects.get(`${bucket}/${key}`)?.length ?? 0 };
  }

  find(bucket: string, key: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.objects.get(`${bucket}/${key}`));
  }

  stream(bucket: string, key: string): Promise<Readable> {
    const body = this.objects.get(`${bucket}/${key}`);
    if (body === undefined) return Promise.reject(holdoutError('OBJECT_MISSING', { bucket, key }));
    return Promise.resolve(Readable.from([body]));
  }
}
