import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { InputIndex, InputSet } from '../../campaign/model/frozen-campaign.ts';
import { holdoutError } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import type { ObjectStore } from '../../s3/object-store.ts';
import { withLock } from '../sandbox/lock.ts';
import { sha256, sha256OfFile } from '../../sha256.ts';

/** Files downloaded or hashed at a time. */
const filesAtOnce = 16;

interface StageInputs {
  store: ObjectStore;
  bucket: string;
  inputs: InputSet;
  scratch: string;
  stop: AbortSignal;
}

/**
 * Returns the folder with an input set's files. The index has the pinned digest, and each file has the sha256 that the index
 * states. The files are downloaded once per host and digest, but hashed for every run, because damage by an earlier run would
 * cost every later team its score. Throws INPUTS_DAMAGED.
 */
export async function stageInputs(request: StageInputs): Promise<string> {
  const { inputs, scratch, stop } = request;
  const folder = join(scratch, 'inputs', inputs.digest);
  if (!(await isSound(folder, inputs, stop))) {
    await withLock(join(scratch, 'locks', `inputs-${inputs.digest}`), stop, async () => {
      if (!(await isSound(folder, inputs, stop))) await stageAnew(folder, request);
    });
  }
  return join(folder, 'files');
}

async function stageAnew(folder: string, { store, bucket, inputs, stop }: StageInputs): Promise<void> {
  const partial = `${folder}.partial`;
  const replaced = `${folder}.replaced`;
  for (const leftover of [partial, replaced]) await rm(leftover, { recursive: true, force: true });
  await mkdir(join(partial, 'files'), { recursive: true, mode: 0o700 });
  const body = await store.read(bucket, inputs.indexKey);
  const index = checkedIndex(body, inputs);
  await writeFile(join(partial, 'index.json'), body);
  const folders = await makeFolders(join(partial, 'files'), index);
  await inParallel(filesAtOnce, index.files, async ({ name, sha256 }) => {
    stop.throwIfAborted();
    const file = join(partial, 'files', name);
    const key = `${inputs.files.prefix}${name}`;
    if ((await store.download(inputs.files.bucket, key, file)).sha256 !== sha256)
      throw holdoutError('INPUTS_DAMAGED', { what: key });
    await chmod(file, 0o444);
  });
  for (const made of folders) await chmod(made, 0o555);
  if (existsSync(folder)) await rename(folder, replaced);
  await rename(partial, folder);
  await rm(replaced, { recursive: true, force: true });
}

/** Makes the folders of the files and returns them; {@link stageAnew} makes them readable whatever the umask. */
async function makeFolders(files: string, index: InputIndex): Promise<Set<string>> {
  const folders = new Set([files]);
  for (const { name } of index.files) {
    const parts = dirname(name).split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) folders.add(join(files, ...parts.slice(0, depth)));
  }
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 });
  return folders;
}

async function isSound(folder: string, inputs: InputSet, stop: AbortSignal): Promise<boolean> {
  if (!existsSync(folder)) return false;
  let sound = true;
  try {
    const { files } = checkedIndex(await readFile(join(folder, 'index.json')), inputs);
    await inParallel(filesAtOnce, files, async ({ name, sha256 }) => {
      stop.throwIfAborted();
      if ((await sha256OfFile(join(folder, 'files', name))) !== sha256) sound = false;
    });
  } catch {
    stop.throwIfAborted();
    return false;
  }
  return sound;
}

function checkedIndex(body: Buffer, inputs: InputSet): InputIndex {
  const what = inputs.indexKey;
  if (sha256(body) !== inputs.digest) throw holdoutError('INPUTS_DAMAGED', { what });
  const index = JSON.parse(body.toString('utf8')) as InputIndex;
  const outside = index.files.find(
    ({ name }) => name.includes('\0') || name.split('/').some((part) => part === '' || part === '.' || part === '..'),
  );
  if (outside !== undefined)
    throw holdoutError('INPUTS_DAMAGED', { what: `${what}, name ${JSON.stringify(outside.name)}` });
  return index;
}
