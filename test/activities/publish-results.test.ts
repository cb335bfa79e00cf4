import assert from 'node:assert/strict';
import { appendCommands } from '../../src/ledger/command-log.ts';
import { appendRecord, chainOf } from '../../src/ledger/ledger.ts';
import type { CampaignResults } from '../../src/ledger/results.ts';
import { act, record, roundOf, submissionOf, type ResultsRoom } from '../ledger/store-rig.ts';
import { ActivityRig } from './activity-rig.ts';

describe('publishing results', () => {
  let rig: ActivityRig;
  let room: ResultsRoom;
  before(async () => {
    rig = await ActivityRig.start();
    room = rig.room;
  });
  after(() => rig.stop());

  const published = async (campaign: string, rest: 'cancelled' | null): Promise<CampaignResults> => {
    const { results } = await rig.call('publishResults', { campaign, rest });
    return room.store.readJson(room.bucket, results);
  };
  const statesIn = ({ submissions }: CampaignResults): Record<string, string> =>
    Object.fromEntries(submissions.map(({ submission, state }) => [submission, state]));

  it('records every round that is neither final nor running, added ones too, after the campaign was closed', async () => {
    await room.freeze('closed', { one: ['done', 'runs', 'never'] });
    await appendRecord(room.store, room.bucket, record('closed', 'done'));
    const rounds = [roundOf('one', 'done', 2), roundOf('two', 'late')];
    const added = await room.add('closed', { rounds, submissions: [submissionOf('two', 'late')] });
    const taken = act({ name: 'addSubmissions', message: { rounds: added, count: 2 } });
    await appendCommands(room.store, room.bucket, 'closed', 1, [taken]);
    const handle = await rig.open({ campaign: 'closed', submission: 'runs', sequence: 1 });
    const results = await published('closed', 'cancelled');
    assert.deepEqual(statesIn(results), { done: 'finished', runs: 'queued', never: 'cancelled', late: 'cancelled' });
    assert.equal(results.state, 'running', 'one runs on and will record itself');
    const [first, second] = await chainOf(room.store, room.bucket, 'closed', 'done');
    assert.equal(second?.record.predecessor, first?.digest);
    const [late] = await chainOf(room.store, room.bucket, 'closed', 'late');
    assert.deepEqual([late?.record.team, late?.record.reason], ['two', 'cancelled']);
    await rig.terminate(handle);
    assert.equal((await published('closed', 'cancelled')).state, 'finished');
  });

  it('does not write to the ledger otherwise', async () => {
    await room.freeze('open', { one: ['done', 'waits'] });
    await appendRecord(room.store, room.bucket, record('open', 'done'));
    assert.deepEqual(statesIn(await published('open', null)), { done: 'finished', waits: 'queued' });
    assert.deepEqual(await chainOf(room.store, room.bucket, 'open', 'waits'), []);
  });
});
