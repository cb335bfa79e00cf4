import { holdoutError } from '../errors.ts';
import { codecKeyObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import { checkOf, isKeyId } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';

/**
 * Checks that a process has every key with which payloads of this namespace were ever sealed, by the list in the results
 * bucket; returns their ids. The list holds a value per key that tells nothing about it. Throws CODEC_KEY_WRONG, CODEC_KEYS_UNSET.
 */
export async function checkKeys(results: Bucket, namespace: string, keys: KeyRing | undefined): Promise<Set<string>> {
  const registered = new Set<string>();
  for await (const object of results.store.list(results.bucket, codecKeyObjects.folder(namespace))) {
    const key = codecKeyObjects.idOf(object);
    if (keys === undefined) throw holdoutError('CODEC_KEYS_UNSET', { key });
    const known = keys.all.get(key);
    const { file } = keys;
    if (known === undefined) throw holdoutError('CODEC_KEY_WRONG', { file, key, why: 'is missing in it' });
    const check = await results.store.read(results.bucket, object);
    if (check.toString() !== checkOf(known))
      throw holdoutError('CODEC_KEY_WRONG', { file, key, why: 'is another key under the same name' });
    registered.add(key);
  }
  return registered;
}

/** How long (ms) it is remembered whether a key is in the list: foreign payloads do not keep a worker reading. */
const rememberedFor = 1_000;

/** Ids that are remembered at most. */
const mostRemembered = 1_000;

/** Whether keys that a worker lacks have ever sealed payloads of this namespace, by the list in the results bucket. */
export class RegisteredKeys {
  private readonly looks = new Map<string, { at: number; found: Promise<boolean> }>();

  constructor(
    private readonly results: Bucket,
    private readonly namespace: string,
  ) {}

  /** `id` comes from a payload and may be any text. Rejects if the list cannot be read. */
  has(id: string): Promise<boolean> {
    if (!isKeyId(id)) return Promise.resolve(false);
    const known = this.looks.get(id);
    if (known !== undefined && performance.now() - known.at < rememberedFor) return known.found;
    if (this.looks.size >= mostRemembered) this.looks.clear();
    const found = this.results.store
      .size(this.results.bucket, codecKeyObjects.key(this.namespace, id))
      .then((size) => size !== undefined);
    this.looks.set(id, { at: performance.now(), found });
    return found;
  }
}

/** Checks the keys and enters the current one in the list, before anything is sealed with it. */
export async function checkAndRegisterKeys(
  results: Bucket,
  namespace: string,
  keys: KeyRing | undefined,
): Promise<void> {
  const registered = await checkKeys(results, namespace, keys);
  if (keys === undefined) return;
  const { id, key } = keys.current;
  if (registered.has(id)) return;
  await results.store.writeIfAbsent(results.bucket, codecKeyObjects.key(namespace, id), checkOf(key));
}
