import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputIndex, InputSet } from '../campaign/model/frozen-campaign.ts';
import type { LocalPath, S3Location } from './checked-campaign.ts';
import { holdoutError } from '../errors.ts';
import { firstFew, quoted } from '../safe-text.ts';
import { inParallel } from '../in-parallel.ts';
import { handedIn } from './handed-in.ts';
import { inputsIn } from './input-files.ts';
import { hiddenText, sortNames, type FoundInputs } from './input-names.ts';
import { shownPath } from './locate.ts';
import type { IntakeDependencies } from './dependencies.ts';
import { sha256, sha256OfFile } from '../sha256.ts';

const filesAtOnce = 16;

/**
 * Uploads a set of inputs under the digest of its index, unless it is already there. A folder in S3 stays there and is read
 * once for the digests of its files. The index is written last. Reports skipped hidden files. Throws INPUTS_EMPTY, and
 * INPUTS_UNFIT for invalid names.
 */
export async function uploadInputs(
  dependencies: IntakeDependencies,
  folder: LocalPath | S3Location,
  place: { campaign: string; kind: 'testset' | 'sample' },
): Promise<InputSet> {
  const { store, buckets } = dependencies;
  const what = place.kind === 'testset' ? 'The test set' : 'The sample set';
  const index =
    folder.kind === 'local'
      ? await localIndex(folder, dependencies, what)
      : await handedIn(what, `s3://${folder.bucket}/${folder.key}`, () => remoteIndex(folder, dependencies));
  const body = `${JSON.stringify(index, null, 1)}\n`;
  const digest = sha256(body);
  const prefix = `${place.campaign}/${place.kind}/${digest}/`;
  const indexKey = `${prefix}index.json`;
  const files =
    folder.kind === 'local'
      ? { bucket: buckets.inputs, prefix: `${prefix}files/` }
      : { bucket: folder.bucket, prefix: folder.key };
  if ((await store.size(buckets.inputs, indexKey)) === undefined) {
    if (folder.kind === 'local') {
      await inParallel(filesAtOnce, index.files, ({ name, sha256: digest }) => {
        const path = join(folder.path, name);
        return handedIn(what, path, () => store.upload(files.bucket, `${files.prefix}${name}`, path, digest));
      });
    }
    await store.writeOnce(buckets.inputs, indexKey, body);
  }
  const bytes = index.files.reduce((sum, file) => sum + file.bytes, 0);
  return { indexKey, files, digest, items: index.files.length, bytes };
}

async function localIndex(
  { path: folder, checked }: LocalPath,
  { report }: IntakeDependencies,
  what: string,
): Promise<InputIndex> {
  const names = validNames(await handedIn(what, folder, () => inputsIn(folder)), folder, report);
  const fault = checked && 'names' in checked ? otherNames(new Set(checked.names), new Set(names)) : undefined;
  if (fault !== undefined) throw holdoutError('HAND_IN_CHANGED', { what, fault: `${shownPath(folder)}: ${fault}` });
  const files: InputIndex['files'] = [];
  for (const name of names) {
    const path = join(folder, name);
    files.push(
      await handedIn(what, path, async () => ({
        name,
        bytes: (await stat(path)).size,
        sha256: await sha256OfFile(path),
      })),
    );
  }
  return { files };
}

/** How the inputs differ from those that were checked. */
function otherNames(before: ReadonlySet<string>, now: ReadonlySet<string>): string | undefined {
  const gone = [...before].filter((name) => !now.has(name));
  const added = [...now].filter((name) => !before.has(name));
  const parts = [
    ...(gone.length > 0 ? [`${firstFew(gone.map((name) => quoted(name)))} gone`] : []),
    ...(added.length > 0 ? [`${firstFew(added.map((name) => quoted(name)))} added`] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

async function remoteIndex(
  { bucket, key: prefix }: S3Location,
  { store, report }: IntakeDependencies,
): Promise<InputIndex> {
  const paths: string[] = [];
  for await (const key of store.list(bucket, prefix)) {
    // A key that ends with a slash is a folder.
    if (!key.endsWith('/')) paths.push(key.slice(prefix.length));
  }
  const names = validNames(sortNames(paths), `s3://${bucket}/${prefix}`, report);
  if (names.length === 0) throw holdoutError('INPUTS_EMPTY', { bucket, prefix });
  const digestOf = async (name: string) => ({ name, ...(await store.digest(bucket, `${prefix}${name}`)) });
  return { files: await inParallel(filesAtOnce, names, digestOf) };
}

function validNames({ names, hidden, faults }: FoundInputs, folder: string, report: (line: string) => void): string[] {
  if (faults.length > 0) throw holdoutError('INPUTS_UNFIT', { folder, faults });
  const skipped = hiddenText(hidden);
  if (skipped !== undefined) report(`${folder}: ${skipped}`);
  return names;
}
