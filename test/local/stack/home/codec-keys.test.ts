import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeyFile } from '../../../../src/codec/key-file.ts';
import { openCodecKeys } from '../../../../src/local/stack/home/codec-keys.ts';
import { openIdentity } from '../../../../src/local/stack/home/home-identity.ts';
import { openHome } from '../../../../src/local/stack/home/home.ts';

describe('the codec keys of a home', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-home-'));
  after(() => rmSync(folder, { recursive: true }));
  const results = (home: { s3: string }): string => join(home.s3, 'holdout-results');

  it('are made at the first start, for its owner alone, and accept no plain payload', () => {
    const home = openHome(join(folder, 'new'));
    openCodecKeys(home);
    const made = readKeyFile(home.codecKeys);
    assert.equal(statSync(home.codecKeys).mode & 0o777, 0o600);
    assert.deepEqual([...made.plainCampaigns], []);
    openCodecKeys(home);
    assert.deepEqual(readKeyFile(home.codecKeys), made, 'and kept');
  });

  it('accept plain payloads in the campaigns of a home from an older version', () => {
    const home = openHome(join(folder, 'old'));
    for (const campaign of ['first', 'second']) mkdirSync(join(results(home), campaign), { recursive: true });
    openCodecKeys(home);
    assert.deepEqual([...readKeyFile(home.codecKeys).plainCampaigns].toSorted(), ['first', 'second']);
  });

  it('are not made anew when they were lost', () => {
    const home = openHome(join(folder, 'lost'));
    const registered = join(results(home), '.codec-keys', openIdentity(home).namespace);
    mkdirSync(registered, { recursive: true });
    writeFileSync(join(registered, 'ab12'), 'x');
    assert.throws(() => openCodecKeys(home), {
      code: 'CODEC_KEYS_UNREADABLE',
      message: /it is missing, and Temporal's payloads are sealed with key ab12; nothing was changed/,
    });
  });
});
