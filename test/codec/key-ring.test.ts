import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyCommand } from '../../src/codec-server/key-commands.ts';
import { newKeyFile, readKeyFile, withNewKey, writeKeyFile } from '../../src/codec/key-file.ts';
import { KeyRing } from '../../src/codec/key-ring.ts';
import { RegisteredKeys } from '../../src/codec/registered-keys.ts';
import { SealingCodec } from '../../src/codec/sealing-codec.ts';
import type { ObjectStore } from '../../src/s3/object-store.ts';
import { unauthenticatedBecause } from '../../src/unauthenticated.ts';

describe('a codec key file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-keys-'));
  const file = join(folder, 'keys.json');
  beforeEach(() => writeKeyFile(file, newKeyFile(['older'])));
  after(() => rmSync(folder, { recursive: true }));

  const refused = (why: RegExp): void =>
    assert.throws(() => new KeyRing(file), { code: 'CODEC_KEYS_UNREADABLE', message: why });

  it('is readable by its owner alone, whatever the umask, and refused otherwise', () => {
    assert.equal(statSync(file).mode & 0o777, 0o600);
    for (const mode of [0o640, 0o604, 0o666]) {
      chmodSync(file, mode);
      refused(new RegExp(`its mode is ${mode.toString(8)}, so other users may read it`));
    }
  });

  it('is refused if it is missing, broken or has no valid current key, without a word of its content', () => {
    rmSync(file);
    refused(/ENOENT/);
    const more = { version: 1, current: 'a', keys: { a: Buffer.alloc(32).toString('base64') }, plainCampaigns: [] };
    const broken = {
      [JSON.stringify({ ...more, acceptAll: 'c2VjcmV0' })]: /its content is invalid/,
      '{': /it is not JSON/,
      '{"version":1,"current":"a","keys":{"a":"c2VjcmV0"},"plainCampaigns":[]}': /key a has 6 bytes, not 32/,
      '{"version":1,"current":"b","keys":{},"plainCampaigns":[]}': /its current key b is missing/,
      '{"version":2,"secret":"c2VjcmV0"}': /is invalid/,
    };
    for (const [text, why] of Object.entries(broken)) {
      writeFileSync(file, text, { mode: 0o600 });
      refused(why);
      assert.throws(
        () => new KeyRing(file),
        (error: Error) => !error.message.includes('c2VjcmV0'),
      );
    }
  });

  const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"a":1}') };
  const context = { type: 'workflow', namespace: 'n', workflowId: 'campaign:newer' } as const;
  const read = async (
    codec: SealingCodec,
    sealed: typeof payload,
    workflowId: string = context.workflowId,
  ): Promise<string> => {
    const [opened] = await codec.decode([sealed], { ...context, workflowId });
    return Buffer.from(opened?.data ?? []).toString();
  };

  it('throws for a payload whose key is registered and missing here, and refuses any other', async () => {
    const strangers = join(folder, 'strangers.json');
    writeKeyFile(strangers, newKeyFile());
    const [sealed] = await new SealingCodec(new KeyRing(strangers)).encode([payload], context);
    const { current } = readKeyFile(strangers);
    const asked: string[] = [];
    const codecOf = (isRegistered: boolean): SealingCodec =>
      new SealingCodec(new KeyRing(file), (id) => {
        asked.push(id);
        return Promise.resolve(isRegistered);
      });
    await assert.rejects(read(codecOf(true), sealed as typeof payload), { code: 'CODEC_KEY_WRONG' });
    assert.match(await read(codecOf(false), sealed as typeof payload), /"unknown-key"/);
    assert.deepEqual(asked, [current, current]);
    assert.match(await read(codecOf(true), payload), /"plain"/);
  });

  it('is read again for a new key, also after the clock of the machine was set back', async () => {
    const codec = new SealingCodec(new KeyRing(file));
    const { file: both, id } = withNewKey(readKeyFile(file));
    const newer = join(folder, 'newer.json');
    writeKeyFile(newer, { ...both, current: id });
    const [fresh] = await new SealingCodec(new KeyRing(newer)).encode([payload], context);
    const { now } = Date;
    Date.now = () => now() - 3_600_000;
    try {
      await new Promise((resolve) => setTimeout(resolve, 1_050));
      writeKeyFile(file, both);
      assert.equal(await read(codec, fresh as typeof payload), '{"a":1}');
    } finally {
      Date.now = now;
    }
  });

  it('is compared with the list of registered keys, at most once a second for an id, and never for what is no id', async () => {
    const looked: string[] = [];
    const size = (_: string, key: string): Promise<number | undefined> => {
      looked.push(key);
      return Promise.resolve(key.endsWith('/known') ? 1 : undefined);
    };
    const registered = new RegisteredKeys({ store: { size } as unknown as ObjectStore, bucket: 'results' }, 'n');
    const answers = await Promise.all(['known', 'other', 'known', '../x', ''].map((id) => registered.has(id)));
    assert.deepEqual(answers, [true, false, true, false, false]);
    assert.deepEqual(looked, ['.codec-keys/n/known', '.codec-keys/n/other']);
  });

  it('gets a second key: both are read, the current one seals, and running processes see the new one', async () => {
    const before = new SealingCodec(new KeyRing(file));
    const [old] = await before.encode([payload], context);
    assert.match(keyCommand('add-key', file, undefined), /one more key/);
    const [added = ''] = [...readKeyFile(file).keys.keys()].filter((id) => id !== readKeyFile(file).current);
    assert.match(keyCommand('use-key', file, added), new RegExp(`seals with ${added}`));
    const after = new SealingCodec(new KeyRing(file));
    const [fresh] = await after.encode([payload], context);
    assert.equal(Buffer.from(fresh?.metadata?.['key'] ?? []).toString(), added);
    assert.equal(await read(after, old as typeof payload), '{"a":1}');
    // A process looks at the file at most once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    assert.equal(await read(before, fresh as typeof payload), '{"a":1}');
    assert.throws(() => keyCommand('use-key', file, 'missing'), { code: 'USAGE' });
    assert.throws(() => keyCommand('new-key', file, undefined), { code: 'USAGE' });
  });

  it('does not lose its keys when the file breaks while a process runs', async () => {
    const ring = new KeyRing(file);
    const codec = new SealingCodec(ring);
    const [old] = await codec.encode([payload], context);
    writeFileSync(file, '{', { mode: 0o600 });
    utimesSync(file, 1, 1);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    assert.equal(ring.find('unknown'), undefined);
    assert.equal(await read(codec, old as typeof payload), '{"a":1}');
  });

  it('accepts plain payloads in the campaigns from before and in no others, and marks what it refuses', async () => {
    const codec = new SealingCodec(new KeyRing(file));
    assert.equal(await read(codec, payload, 'submission:older:s'), '{"a":1}');
    assert.equal(await read(codec, payload, 'campaign:older'), '{"a":1}');
    for (const id of ['campaign:newer', 'submission:newer:older', 'campaign:older:x', 'older', 'other:older:s']) {
      assert.equal(unauthenticatedBecause(JSON.parse(await read(codec, payload, id))), 'plain', id);
    }
    const { file: twoKeys } = withNewKey(readKeyFile(file));
    assert.deepEqual([...twoKeys.plainCampaigns], ['older']);
  });
});
