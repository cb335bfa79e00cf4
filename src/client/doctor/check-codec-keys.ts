import { loadClientConnectConfig } from '@temporalio/envconfig';
import { keysOf } from '../../codec/key-ring.ts';
import { checkKeys } from '../../codec/registered-keys.ts';
import { note, type Requirement } from '../../requirement.ts';
import { ObjectStore } from '../../s3/object-store.ts';
import { bucketsOf, type Settings } from '../../settings.ts';
import { attempt } from './attempt.ts';

const what = 'codec keys';

/**
 * The file of HOLDOUT_CODEC_KEYS: it can be read by this user alone, and has every key with which payloads of the namespace were
 * sealed. `canCompare`: the bucket with the list of these keys can be read.
 */
export const checkCodecKeys = (settings: Settings, canCompare: boolean): Promise<Requirement> =>
  attempt(what, async () => {
    const keys = keysOf(settings);
    const file = keys === undefined ? 'HOLDOUT_CODEC_KEYS is not set' : `${keys.file}, current key ${keys.current.id}`;
    const { results: bucket } = bucketsOf(settings);
    if (!canCompare) return note(what, `${file}; not compared: the bucket ${bucket} cannot be read`);
    const { namespace = 'default' } = loadClientConnectConfig();
    const needed = await checkKeys({ store: new ObjectStore(settings), bucket }, namespace, keys);
    if (keys === undefined) return note(what, `${file}: Temporal holds payloads that are not sealed (docs/codec.md)`);
    const use = needed.has(keys.current.id) ? '' : ', which is not used yet';
    return `${file}${use}; it has every key of namespace ${namespace} (${needed.size})`;
  });
