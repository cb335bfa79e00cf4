import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { newKeyFile, readKeyFile, writeKeyFile } from '../../../codec/key-file.ts';
import { holdoutError } from '../../../errors.ts';
import { campaignPattern } from '../../../ids.ts';
import { codecKeyObjects } from '../../../object-keys.ts';
import { bucketsOf } from '../../../settings.ts';
import { openIdentity } from './home-identity.ts';
import type { Home } from './home.ts';

/**
 * Checks this home's codec key file, or creates it at the home's first start. In a home from an older version, the campaigns of
 * then still accept plain payloads. Throws CODEC_KEYS_UNREADABLE, also if the file of a home with sealed payloads is missing.
 */
export function openCodecKeys(home: Home): void {
  const file = home.codecKeys;
  if (existsSync(file)) {
    readKeyFile(file);
    return;
  }
  const results = join(home.s3, bucketsOf({ bucketPrefix: '' }).results);
  const sealed = namesIn(join(results, codecKeyObjects.folder(openIdentity(home).namespace)));
  if (sealed.length > 0) {
    const cause = `it is missing, and Temporal's payloads are sealed with key ${sealed.join(', ')}`;
    throw holdoutError('CODEC_KEYS_UNREADABLE', { file, cause });
  }
  const fromBefore = namesIn(results).filter((name) => campaignPattern.test(name));
  writeKeyFile(file, newKeyFile(fromBefore), { fresh: true });
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
