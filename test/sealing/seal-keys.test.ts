import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HoldoutError } from '../../src/errors.ts';
import { makeSealKey, SealKeys } from '../../src/sealing/seal-keys.ts';

describe('seal keys', () => {
  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'holdout-seal-')), 'seal-keys');
  });

  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  const refused = (recipient: string, cause: RegExp, keys = new SealKeys(folder)): Promise<void> =>
    assert.rejects(keys.identityFor({ campaign: 'one', recipient }), (error: unknown) => {
      assert.ok(error instanceof HoldoutError && error.code === 'SEAL_KEY_MISSING', String(error));
      assert.match(error.message, cause);
      assert.doesNotMatch(error.message, /secret-key-1[0-9a-z]/i);
      return true;
    });

  it('are made once per campaign, for the owner alone', async () => {
    const recipient = await makeSealKey(folder, 'one');
    assert.match(recipient, /^age1[0-9a-z]{58}$/);
    assert.equal(await makeSealKey(folder, 'one'), recipient);
    assert.notEqual(await makeSealKey(folder, 'two'), recipient);
    assert.deepEqual([statSync(folder).mode & 0o777, statSync(join(folder, 'one.txt')).mode & 0o777], [0o700, 0o600]);
  });

  it('are found by their recipient, whatever the file is called', async () => {
    const recipient = await makeSealKey(folder, 'one');
    await makeSealKey(folder, 'another');
    const identity = await new SealKeys(folder).identityFor({ campaign: 'x', recipient });
    assert.ok(readFileSync(join(folder, 'one.txt'), 'utf8').includes(`${identity}\n`));
  });

  it('that are lost, another campaign’s, open to others, or damaged are named with the cause', async () => {
    const recipient = await makeSealKey(folder, 'one');
    const file = join(folder, 'one.txt');
    const text = readFileSync(file, 'utf8');
    await refused(recipient, /HOLDOUT_SEAL_KEYS names no folder/, new SealKeys(undefined));
    chmodSync(file, 0o640);
    await refused(recipient, /one\.txt cannot be used: its mode is 640/);
    chmodSync(file, 0o600);
    writeFileSync(
      file,
      text.replace(/(.)\n$/, (_, last) => (last === 'Q' ? 'P\n' : 'Q\n')),
    );
    await refused(recipient, /one\.txt cannot be used: its identity is invalid/);
    writeFileSync(file, '# nothing\n');
    await refused(recipient, /it has no line AGE-SECRET-KEY/);
    rmSync(file);
    await makeSealKey(folder, 'two');
    await refused(recipient, /no file in \S+ has its identity/);
  });

  it('that are put there later are found without a restart', async () => {
    const keys = new SealKeys(folder);
    const recipient = await makeSealKey(join(folder, '..', 'elsewhere'), 'one');
    await refused(recipient, /no file in/, keys);
    await makeSealKey(folder, 'one');
    await refused(recipient, /no file in/, keys);
    writeFileSync(join(folder, 'given.txt'), readFileSync(join(folder, '..', 'elsewhere', 'one.txt')), { mode: 0o600 });
    assert.match(await keys.identityFor({ campaign: 'one', recipient }), /^AGE-SECRET-KEY-1/);
  });
});
