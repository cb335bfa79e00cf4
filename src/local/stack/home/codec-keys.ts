import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFirstKeyFile } from '../../../codec/first-key-file.ts';
import { readKeyFile } from '../../../codec/key-file.ts';
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
  const keys = namesIn(join(results, codecKeyObjects.folder(openIdentity(home).namespace)));
  const campaigns = namesIn(results).filter((name) => campaignPattern.test(name));
  createFirstKeyFile(file, { keys, campaigns });
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);
