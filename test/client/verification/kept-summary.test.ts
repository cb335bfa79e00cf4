import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepSummary } from '../../../src/client/verification/kept-summary.ts';
import { makeRecordKey } from '../../../src/client/verification/record-key.ts';

describe('the summary of a verification', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdout-summary-'));
  const home = join(root, 'Zoë’s "home" [1] $HOME \'x\'');
  after(() => rmSync(root, { recursive: true }));
  const files = (): string[] => readdirSync(join(home, 'results', 'case')).sort();
  const signed = ['record-key.pem', 'verification.json', 'verification.sig'];

  it('is signed by the home of the first start, which openssl confirms', async () => {
    const { folder, said } = await keepSummary(home, 'case', '{}\n', makeRecordKey(home, 'case'));
    const [, command = ''] = /^signed; anyone can check it: (.*)$/.exec(said) ?? [];
    assert.deepEqual(files(), signed);
    assert.equal(folder, join(home, 'results', 'case'));
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of signed) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    assert.match(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout, /Verified Successfully/);
  });

  const others = [
    [
      'has the key of another home',
      makeRecordKey(home, 'other'),
      /this home does not have the campaign’s key; HOLDOUT_HOME/,
    ],
    ['belongs to a campaign without a key', null, /the campaign has no key, as pilots and campaigns of older versions/],
  ] as const;
  for (const [what, key, says] of others) {
    it(`is not signed if it ${what}, and no earlier signature stays beside it`, async () => {
      await keepSummary(home, 'case', '{}\n', makeRecordKey(home, 'case'));
      assert.deepEqual(files(), signed);
      const { said } = await keepSummary(home, 'case', '{ }\n', key);
      assert.match(said, says);
      assert.deepEqual(files(), ['verification.json']);
    });
  }
});
