import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKeyFile, writeKeyFile, type KeyFile } from '../../src/codec/key-file.ts';
import { KeyRing } from '../../src/codec/key-ring.ts';
import { checkAndRegisterKeys, checkKeys } from '../../src/codec/registered-keys.ts';
import { ObjectStore } from '../../src/s3/object-store.ts';
import { loadSettings } from '../../src/settings.ts';
import { startS3Server, type S3Server } from '../support/servers/s3-server.ts';

describe('the list of codec keys in the results bucket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-keys-'));
  let s3: S3Server;
  let ambient: NodeJS.ProcessEnv;
  before(async () => {
    s3 = await startS3Server();
    ambient = process.env;
    process.env = { ...ambient, ...s3.environment };
  });
  after(async () => {
    process.env = ambient;
    await s3.stop();
    rmSync(folder, { recursive: true });
  });

  const ringOf = (name: string, content: KeyFile): KeyRing => {
    const file = join(folder, name);
    writeKeyFile(file, content);
    return new KeyRing(file);
  };

  it('refuses processes without a key that sealed before, with another one of its name, and without any', async () => {
    const results = { store: new ObjectStore(loadSettings()), bucket: s3.buckets.results };
    const first = newKeyFile();
    const ring = ringOf('first', first);
    await checkAndRegisterKeys(results, 'n', undefined);
    await checkAndRegisterKeys(results, 'n', ring);
    await checkAndRegisterKeys(results, 'n', ring);
    assert.deepEqual([...(await checkKeys(results, 'n', ring))], [first.current]);
    const other = newKeyFile();
    await assert.rejects(checkAndRegisterKeys(results, 'n', ringOf('other', other)), {
      code: 'CODEC_KEY_WRONG',
      message: new RegExp(`key ${first.current} is missing in it; nothing was changed`),
    });
    const renamed = ringOf('renamed', { ...first, keys: new Map([[first.current, Buffer.alloc(32)]]) });
    await assert.rejects(checkKeys(results, 'n', renamed), { message: /is another key under the same name/ });
    await assert.rejects(checkKeys(results, 'n', undefined), { code: 'CODEC_KEYS_UNSET' });
    // A refused process registers nothing, and another namespace has keys of its own.
    assert.equal((await checkKeys(results, 'n', ring)).size, 1);
    await checkAndRegisterKeys(results, 'm', ringOf('other', other));
    const rotated = { ...other, keys: new Map([...first.keys, ...other.keys]) };
    await checkAndRegisterKeys(results, 'n', ringOf('rotated', rotated));
    assert.equal((await checkKeys(results, 'n', ringOf('rotated', rotated))).size, 2);
  });
});
