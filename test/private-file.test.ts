import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPrivateFile, writePrivateFile } from '../src/private-file.ts';

describe('a new file of secrets', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdout-private-'));
  const [folder, file] = [join(home, 'keys'), join(home, 'keys', 'one')];
  after(() => rmSync(home, { recursive: true }));

  it('is for its owner alone, in a folder that is, and replaces none', () => {
    writePrivateFile(file, 'secret');
    assert.deepEqual([statSync(file).mode & 0o777, statSync(folder).mode & 0o777], [0o600, 0o700]);
    assert.throws(() => writePrivateFile(file, 'other'), { code: 'EEXIST' });
    assert.equal(readFileSync(file, 'utf8'), 'secret');
    assert.deepEqual(readdirSync(folder), ['one']);
  });

  it('is whole or not there: what a crash left beside it is no obstacle', () => {
    const two = join(folder, 'two');
    writeFileSync(`${two}.${process.pid}.new`, '');
    writePrivateFile(two, 'whole');
    assert.equal(readFileSync(two, 'utf8'), 'whole');
  });

  it('of another user is not read, whoever that is', function () {
    if (process.geteuid?.() !== 0) this.skip();
    const open = mkdtempSync(join(tmpdir(), 'holdout-private-'));
    chmodSync(open, 0o755);
    const theirs = join(open, 'theirs');
    writeFileSync(theirs, 'secret', { mode: 0o600 });
    try {
      process.seteuid?.(65_534);
      assert.throws(() => readPrivateFile(theirs), { message: 'it belongs to user 0, and this is user 65534' });
    } finally {
      process.seteuid?.(0);
      rmSync(open, { recursive: true });
    }
  });
});
