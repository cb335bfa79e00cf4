import { existsSync } from 'node:fs';
import { createFirstKeyFile } from '../../codec/first-key-file.ts';
import { readKeyFile } from '../../codec/key-file.ts';
import { campaignPattern } from '../../ids.ts';
import { codecKeyObjects } from '../../object-keys.ts';
import { ObjectStore } from '../../s3/object-store.ts';
import { bucketsOf, loadSettings } from '../../settings.ts';
import { required } from './container-environment.ts';

/**
 * Checks the key file of HOLDOUT_CODEC_KEYS, or creates it at the first start of a Compose stack. Throws USAGE,
 * CODEC_KEYS_UNREADABLE.
 */
export async function openComposeKeys(env: NodeJS.ProcessEnv): Promise<void> {
  const file = required(env, 'HOLDOUT_CODEC_KEYS');
  if (existsSync(file)) {
    readKeyFile(file);
    return;
  }
  const settings = loadSettings(env);
  const store = new ObjectStore(settings);
  const { results } = bucketsOf(settings);
  const folder = codecKeyObjects.folder(required(env, 'TEMPORAL_NAMESPACE'));
  const keys: string[] = [];
  const campaigns = new Set<string>();
  for await (const key of store.list(results, '')) {
    const [name = ''] = key.split('/');
    if (key.startsWith(folder)) keys.push(codecKeyObjects.idOf(key));
    else if (campaignPattern.test(name)) campaigns.add(name);
  }
  createFirstKeyFile(file, { keys, campaigns: [...campaigns] });
}
