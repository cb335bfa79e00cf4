import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputIndex, InputSet } from '../campaign/frozen-campaign.ts';
import type { LocalPath, S3Location } from './checked-campaign.ts';
import { trouble } from '../errors.ts';
import { sha256OfFile } from './files.ts';
import { inParallel } from '../in-parallel.ts';
import type { HandInRooms } from './rooms.ts';

const filesAtOnce = 16;

/**
 * Makes a set of inputs known by the digest of its index. A local folder is sent to the inputs bucket, nothing twice; a
 * folder in S3 stays where it is and is read once for the digests of its files. The index is written last.
 */
export async function handInInputs(
  { store, buckets }: HandInRooms,
  folder: LocalPath | S3Location,
  place: { campaign: string; kind: 'testset' | 'sample' },
): Promise<InputSet> {
  const index = folder.kind === 'local' ? await localIndex(folder.path) : await remoteIndex({ store }, folder);
  const body = `${JSON.stringify(index, null, 1)}\n`;
  const digest = createHash('sha256').update(body).digest('hex');
  const prefix = `${place.campaign}/${place.kind}/${digest}/`;
  const indexKey = `${prefix}index.json`;
  const files =
    folder.kind === 'local'
      ? { bucket: buckets.inputs, prefix: `${prefix}files/` }
      : { bucket: folder.bucket, prefix: folder.key };
  if ((await store.size(buckets.inputs, indexKey)) === undefined) {
    if (folder.kind === 'local') {
      await inParallel(filesAtOnce, index.files, ({ name }) =>
        store.upload(files.bucket, `${files.prefix}${name}`, join(folder.path, name)),
      );
    }
    await store.writeOnce(buckets.inputs, indexKey, body);
  }
  const bytes = index.files.reduce((sum, file) => sum + file.bytes, 0);
  return { indexKey, files, digest, items: index.files.length, bytes };
}

async function localIndex(folder: string): Promise<InputIndex> {
  const files: InputIndex['files'] = [];
  for (const name of (await readdir(folder)).sort()) {
    const { size } = await stat(join(folder, name));
    files.push({ name, bytes: size, sha256: await sha256OfFile(join(folder, name)) });
  }
  return { files };
}

async function remoteIndex(
  { store }: Pick<HandInRooms, 'store'>,
  { bucket, key: prefix }: S3Location,
): Promise<InputIndex> {
  const names: string[] = [];
  for await (const key of store.list(bucket, prefix)) names.push(key.slice(prefix.length));
  if (names.length === 0) throw trouble('INPUTS_EMPTY', { bucket, prefix });
  const files: InputIndex['files'] = [];
  await inParallel(filesAtOnce, names.sort(), async (name) => {
    files.push({ name, ...(await store.digest(bucket, `${prefix}${name}`)) });
  });
  return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}
