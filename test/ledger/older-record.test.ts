import assert from 'node:assert/strict';
import { verifyCampaign, type Verification } from '../../src/ledger/verification/verify-campaign.ts';
import { resultObjects, runObjects } from '../../src/object-keys.ts';
import { olderRecords } from '../support/campaigns/older-records.ts';
import type { RecordCopy } from '../support/campaigns/record-copy.ts';
import { buckets, RecordedCampaign } from '../support/campaigns/recorded-campaign.ts';
import { SealKeys } from '../../src/sealing/seal-keys.ts';

const campaign = 'steered';
const sealKeys = new SealKeys(undefined);
const verify = (copy: RecordCopy): Promise<Verification> =>
  verifyCampaign(copy, { campaign, buckets, inputs: false, outputs: true, sealKeys });
const faultsOf = ({ faults }: Verification): string[] => faults.map(({ key, what }) => `${key}: ${what}`);

const older = olderRecords('older');
const bodies = new Map(older.all(campaign).map(([name, body]) => [name, body.toString('utf8')]));
const nameOf = (key: string): string => `${buckets.results}/${key}`;
const [board, results] = [nameOf(resultObjects.leaderboard(campaign)), nameOf(resultObjects.results(campaign))];

/** The record with an edited object. */
function edited(name: string, from: string | RegExp, to: string): RecordCopy {
  const body = bodies.get(name) ?? assert.fail(`no ${name}`);
  const changed = body.replace(from, to);
  assert.notEqual(changed, body, `${name} is edited`);
  return older.with({ [name]: Buffer.from(changed) });
}

describe('the record of an older Holdout', () => {
  it('is intact as it was published, with unrounded scores and without heads.json', async () => {
    const { faults, unchecked } = await verify(older);
    assert.deepEqual(faults, []);
    assert.match(unchecked.join('\n'), /the words of the published files, which another version of Holdout wrote$/m);
    assert.match(unchecked.join('\n'), /an older Holdout published without heads\.json/);
  });

  it('is intact while a later version has recorded a retry and published nothing yet', async () => {
    const { faults, unchecked } = await verify(olderRecords('older', 'upgraded'));
    assert.deepEqual(faults, []);
    assert.match(unchecked.join('\n'), /an older Holdout published without heads\.json/);
  });

  it('is intact once that retry is all there is, until the next publication', async () => {
    const rest = olderRecords('older', 'upgraded').all(campaign);
    const [, second = ''] = rest
      .map(([name]) => name)
      .filter((name) => name.includes('/acts/'))
      .slice(-2);
    assert.ok(second.endsWith('/acts/4.json'), second);
    const added = JSON.parse(String(new Map(rest).get(second))) as { message: { message: { rounds: string } } };
    const without = olderRecords('older', 'upgraded').with({
      [second]: undefined,
      [nameOf(added.message.message.rounds)]: undefined,
      [`${buckets.runs}/${runObjects.spec('steered/s1-0/2')}`]: undefined,
      [`${buckets.runs}/${runObjects.claim('steered/s1-0/2')}`]: undefined,
    });
    const { faults, verified } = await verify(without);
    assert.deepEqual([faults, verified?.results.state], [[], 'finished']);
  });

  const changes: readonly (readonly [what: string, copy: RecordCopy, says: RegExp])[] = [
    ['a published score', edited(board, '0.7066833', '0.7066834'), /leaderboard\.csv: byte \d+ .*`score` of t2/],
    ['a published team', edited(board, 't2,', 't3,'), /leaderboard\.csv: byte \d+ .*`teamId`/],
    ['a published name', edited(board, 'Team 2', 'Team 3'), /leaderboard\.csv: byte \d+ .*`teamName` of t2/],
    ['a published date', edited(board, '2026', '2025'), /leaderboard\.csv: byte \d+ .*`submissionDate` of t2/],
    ['the order', edited(board, /(t2.*\n)(t0.*\n)/, '$2$1'), /leaderboard\.csv: byte \d+ .*`teamId`/],
    ['a removed row', edited(board, /t0.*\n/, ''), /leaderboard\.csv: byte \d+ .*number of rows/],
    ['a board that is none', edited(board, 't2,Team 2', '"'), /leaderboard\.csv: byte \d+ .*it is no table/],
    ['the cost', edited(results, '"costMicroUsd": 58886', '"costMicroUsd": 58887'), /results\.json: .*`costMicroUsd`/],
    ['a state', edited(results, '"state": "failed"', '"state": "cancelled"'), /results\.json: .*`state` of s0-1/],
    ['a score', edited(results, /"score": 0\.7\d+/, '"score": 0.5'), /results\.json: .*`score` of s0-0/],
    ['a run', edited(results, '"billedSeconds": 101', '"billedSeconds": 102'), /results\.json: .*`runs` of s0-0/],
    ['a submission', edited(results, '"submission": "s2-0"', '"submission": "s2-1"'), /results\.json: .*`submissions`/],
    ['results that are none', edited(results, '{', '['), /results\.json: byte 0 .*it is not a JSON object/],
  ];
  for (const [what, copy, says] of changes) {
    it(`shows a change of ${what}`, async () => {
      const [fault = 'no fault', ...others] = faultsOf(await verify(copy));
      assert.match(fault, says);
      assert.deepEqual(others, []);
    });
  }
});

describe('a publication of another version', () => {
  const published = async (teamName?: string): Promise<RecordedCampaign> => {
    const recorded = new RecordedCampaign(['s', 't'], { ...(teamName !== undefined && { teamName }) });
    await recorded.finish('s');
    recorded.record('t', { state: 'failed', reason: 'image-refused', detail: 'it has no layers', image: null });
    return recorded;
  };
  /** Publishes with other words than this version's. */
  const publishOther = (recorded: RecordedCampaign, from: string, to: string): void => {
    let edits = 0;
    recorded.publish(true, (body) => {
      if (body.includes(from)) edits += 1;
      return body.replace(from, to);
    });
    assert.equal(edits, 1, `${from} is in one of the files`);
  };
  const sentence = '"sentence": "';

  it('may have other words, as long as heads.json names them', async () => {
    const recorded = await published();
    publishOther(recorded, sentence, '"sentence": "As it was said once: ');
    const { faults, unchecked } = await recorded.verify();
    assert.deepEqual(faults, []);
    assert.match(unchecked.join('\n'), /the words of the published files, which another version of Holdout wrote/);
  });

  it('may show a name by its codes, or with the mark of a formula', async () => {
    const recorded = await published('=👩\u{200d}💻');
    publishOther(recorded, "s,'=👩\u{200d}💻,", 's,=👩\\u{200d}💻,');
    const { faults, unchecked } = await recorded.verify();
    assert.deepEqual(faults, []);
    assert.match(unchecked.join('\n'), /the words of the published files/);
    publishOther(recorded, "s,'=👩\u{200d}💻,", 's,=👩\\u{200e}💻,');
    assert.match(faultsOf(await recorded.verify()).join(), /leaderboard\.csv: byte \d+ .*`teamName` of s/);
  });

  it('may have no other facts', async () => {
    const recorded = await published();
    publishOther(recorded, '"state": "failed"', '"state": "finished"');
    assert.match(faultsOf(await recorded.verify()).join(), /results\.json: byte \d+ .*`state` of t/);
  });

  it('needs heads.json if no older Holdout wrote its first records', async () => {
    const recorded = await published();
    recorded.publish(false);
    assert.match(faultsOf(await recorded.verify()).join(), /heads\.json: it is missing/);
  });

  it('needs no heads.json if an older Holdout wrote one of them', async () => {
    const recorded = new RecordedCampaign(['s', 't']);
    await recorded.finish('s', false);
    await recorded.finish('t');
    recorded.publish(false);
    assert.deepEqual(faultsOf(await recorded.verify()), []);
  });

  it('is not of now if a canary was recorded since', async () => {
    const recorded = await published();
    recorded.publish();
    const verdict = { kind: 'no-outcome', reason: 'cancelled', cause: 'given up' } as const;
    recorded.canary({ verdict, billedSeconds: 0, costMicroUsd: 0 });
    const { faults, unchecked } = await recorded.verify();
    assert.deepEqual(faults, []);
    assert.match(unchecked.join('\n'), /whether the published files follow from the record, which has grown since/);
  });

  it('names the digest of no record that is newer, which is said once', async () => {
    const recorded = await published();
    recorded.publish();
    for (const submission of ['s', 't']) recorded.record(submission, { state: 'cancelled', reason: 'cancelled' });
    const { unchecked } = await recorded.verify();
    const said = unchecked.filter((what) => what.includes('newer than the last publication'));
    assert.deepEqual(said, [
      'the newest record of a chain: it is newer than the last publication, so nothing names its digest (2 times)',
    ]);
  });
});
