import assert from 'node:assert/strict';
import type { WorkList, WorkOfTeam } from '../../src/campaign/model/work-list.ts';
import { FrozenReader } from '../../src/ledger/frozen-reader.ts';
import { keepWorkList } from '../../src/ledger/work-lists.ts';
import { resultObjects } from '../../src/object-keys.ts';
import { StoreRig, submissionOf } from './store-rig.ts';

describe('the reader of frozen campaigns', () => {
  let rig: StoreRig;
  let reader: FrozenReader;
  before(async () => {
    rig = await StoreRig.start();
  });
  beforeEach(() => {
    reader = new FrozenReader(rig);
  });
  after(() => rig.stop());

  it('finds a submission that was added after it had read the manifest', async () => {
    await rig.freeze('late', { one: ['s'] });
    assert.equal((await reader.submission('late', 's')).team, 'one');
    await rig.add('late', { rounds: [], submissions: [submissionOf('one', 't'), submissionOf('two', 'u')] });
    assert.equal((await reader.submission('late', 'u')).team, 'two');
    const { teams } = await reader.manifest('late');
    assert.deepEqual(
      teams.map(({ team, submissions }) => [team, submissions.map(({ submission }) => submission)]),
      [
        ['one', ['s', 't']],
        ['two', ['u']],
      ],
    );
    await assert.rejects(reader.submission('late', 'nobody'), /no submission nobody/);
  });

  it('keeps the frozen row when another of its name was added', async () => {
    await rig.freeze('same', { one: ['s'] });
    await rig.add('same', { rounds: [], submissions: [submissionOf('two', 's')] });
    assert.equal((await reader.submission('same', 's')).team, 'one');
    assert.equal((await reader.manifest('same')).teams.length, 1);
  });

  it('reads no campaign of a newer version, whose fields may mean something else', async () => {
    const { version: _, ...frozen } = await rig.freeze('newer', { one: ['s'] });
    const write = (version: object): Promise<void> =>
      rig.store.write(rig.bucket, resultObjects.campaign('newer'), JSON.stringify({ ...frozen, ...version }));
    await write({ version: 2 });
    const newer = {
      code: 'CAMPAIGN_NEWER',
      message: 'Campaign newer was started by a newer Holdout: its campaign.json has version 2, and this one reads 1.',
    };
    await assert.rejects(reader.campaign('newer'), newer);
    await assert.rejects(reader.submission('newer', 's'), newer);
    await write({ version: 1 });
    assert.equal((await reader.submission('newer', 's')).team, 'one');
  });

  it('reads again after a failure', async () => {
    await assert.rejects(reader.campaign('absent'), { code: 'OBJECT_MISSING' });
    await assert.rejects(reader.submission('absent', 's'), { code: 'OBJECT_MISSING' });
    await rig.freeze('absent', { one: ['s'] });
    assert.equal((await reader.campaign('absent')).campaign, 'absent');
    assert.equal((await reader.submission('absent', 's')).team, 'one');
  });

  it('reads work lists as one, and again when there is another', async () => {
    const keep = (...teams: WorkOfTeam[]): Promise<string> =>
      keepWorkList(rig, 'work', { version: 1, teams } satisfies WorkList);
    const rounds = (submission: string) => [{ submission, sequence: 1, kind: 'evaluate' as const }];
    const first = await keep({ team: 'b', teamName: 'B', before: 2, rounds: rounds('s') });
    assert.equal((await reader.work('work', [first])).length, 1);
    const second = await keep(
      { team: 'a', teamName: 'A', before: 0, rounds: rounds('t') },
      { team: 'b', teamName: 'B', before: 0, rounds: rounds('u') },
    );
    const work = await reader.work('work', [first, second]);
    assert.deepEqual(
      work.map(({ team, before, rounds }) => [team, before, rounds.map(({ submission }) => submission)]),
      [
        ['b', 2, ['s', 'u']],
        ['a', 0, ['t']],
      ],
    );
    assert.equal((await reader.work('work', [first]))[0]?.rounds.length, 1, 'the kept work was not changed');
  });
});
