import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputIndex, InputSet } from '../campaign/frozen-campaign.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { inParallel } from './in-parallel.ts';

const uploadsAtOnce = 16;

/**
 * Brings a folder of inputs into the inputs bucket under `<campaign>/<kind>/<digest>/`, where the digest is that of the
 * index of all files. Nothing is sent when it is there already; the index is written last.
 */
export async function uploadInputs(
  store: ObjectStore,
  bucket: string,
  folder: string,
  place: { campaign: string; kind: 'testset' | 'sample' },
): Promise<InputSet> {
  const index = await indexOf(folder);
  const body = `${JSON.stringify(index, null, 1)}\n`;
  const digest = createHash('sha256').update(body).digest('hex');
  const prefix = `${place.campaign}/${place.kind}/${digest}/`;
  const bytes = index.files.reduce((sum, file) => sum + file.bytes, 0);
  if ((await store.size(bucket, `${prefix}index.json`)) === undefined) {
    await inParallel(uploadsAtOnce, index.files, ({ name }) =>
      store.upload(bucket, `${prefix}files/${name}`, join(folder, name)),
    );
    await store.writeOnce(bucket, `${prefix}index.json`, body);
  }
  return { prefix, digest, items: index.files.length, bytes };
}

async function indexOf(folder: string): Promise<InputIndex> {
  const names = (await readdir(folder)).sort();
  const files: InputIndex['files'] = [];
  for (const name of names) {
    const { size } = await stat(join(folder, name));
    files.push({ name, bytes: size, sha256: await sha256OfFile(join(folder, name)) });
  }
  return { files };
}

/** sha256 (hex) of a file's bytes. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
