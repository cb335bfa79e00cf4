import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassedDrills } from '../../../src/runner/isolation/passed-drills.ts';

describe('the note that an isolation drill held', () => {
  let folder: string;
  let markers: PassedDrills;
  beforeEach(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'holdout-markers-')), 'isolation');
    markers = new PassedDrills(folder);
    await markers.add('key');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  it('counts for its key alone', async () => {
    assert.deepEqual([await markers.has('key'), await markers.has('other')], [true, false]);
  });

  it('is a file that no other user can write, in a folder of that kind', () => {
    assert.deepEqual([statSync(folder).mode & 0o777, statSync(join(folder, 'key')).mode & 0o777], [0o700, 0o600]);
  });

  const forgeries: Record<string, () => void> = {
    'the content of another key': () => renameSync(join(folder, 'key'), join(folder, 'other')),
    'a file that others can write': () => chmodSync(join(folder, 'key'), 0o666),
    'a folder that others can write': () => chmodSync(folder, 0o777),
    'a file of another user': () => chownSync(join(folder, 'key'), 64_001, 64_001),
    'a link': () => {
      renameSync(join(folder, 'key'), join(folder, 'aside'));
      symlinkSync('aside', join(folder, 'key'));
    },
    'an empty file': () => writeFileSync(join(folder, 'key'), ''),
  };
  for (const [what, forge] of Object.entries(forgeries)) {
    it(`does not count as ${what}`, async () => {
      forge();
      assert.equal(await markers.has(what.includes('another key') ? 'other' : 'key'), false);
    });
  }
});
