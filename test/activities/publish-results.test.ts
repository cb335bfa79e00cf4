import assert from 'node:assert/strict';
import { appendCommands } from '../../src/ledger/command-log.ts';
import { chainOf } from '../../src/ledger/ledger.ts';
import type { CampaignResults } from '../../src/ledger/results.ts';
import { acceptedCommand, record, roundOf, submissionOf, type ResultsBucket } from '../ledger/store-rig.ts';
import { ActivityRig } from './activity-rig.ts';

describe('publishing results', () => {
  let rig: ActivityRig;
  let resultsBucket: ResultsBucket;
  before(async () => {
    rig = await ActivityRig.start();
    resultsBucket = rig.results;
  });
  after(() => rig.stop());

  const published = async (campaign: string, rest: 'cancelled' | null): Promise<CampaignResults> => {
    const { results } = await rig.call('publishResults', { campaign, rest });
    return resultsBucket.store.readJson(resultsBucket.bucket, results);
  };
  const statesIn = ({ submissions }: CampaignResults): Record<string, string> =>
    Object.fromEntries(submissions.map(({ submission, state }) => [submission, state]));

  it('records every round that is not final, added ones too, after the campaign was closed, and ends workflows that it does not know', async () => {
    await resultsBucket.freeze('closed', { one: ['done', 'runs', 'never'] });
    await resultsBucket.append(record('closed', 'done'));
    const rounds = [roundOf('one', 'done', 2), roundOf('two', 'late')];
    const added = await resultsBucket.add('closed', { rounds, submissions: [submissionOf('two', 'late')] });
    const taken = acceptedCommand({ name: 'addSubmissions', message: { rounds: added, count: 2 } });
    await appendCommands(resultsBucket, 'closed', 1, [taken]);
    const handle = await rig.open({ campaign: 'closed', submission: 'runs', sequence: 1 });
    const results = await published('closed', 'cancelled');
    assert.deepEqual(statesIn(results), { done: 'finished', runs: 'cancelled', never: 'cancelled', late: 'cancelled' });
    assert.equal(results.state, 'finished');
    await assert.rejects(handle.result(), { message: /cancelled/i });
    const [first, second] = await chainOf(resultsBucket, 'closed', 'done');
    assert.equal(second?.record.predecessor, first?.digest);
    const [late] = await chainOf(resultsBucket, 'closed', 'late');
    assert.deepEqual([late?.record.team, late?.record.reason], ['two', 'cancelled']);
  });

  it('publishes within a minute without the record of a workflow that does not end', async () => {
    await resultsBucket.freeze('stuck', { one: ['runs', 'never'] });
    const handle = await rig.open({ campaign: 'stuck', submission: 'runs', sequence: 1, deaf: true });
    const { now } = Date;
    const begun = now();
    Date.now = () => begun + 20 * (now() - begun);
    try {
      const { results } = await rig.activities.publishResults({ campaign: 'stuck', rest: 'cancelled' });
      const read: CampaignResults = await resultsBucket.store.readJson(resultsBucket.bucket, results);
      assert.deepEqual(statesIn(read), { runs: 'queued', never: 'cancelled' });
      assert.ok(Date.now() - begun < 120_000, 'it waits a minute');
    } finally {
      Date.now = now;
    }
    await rig.terminate(handle);
  });

  it('does not write to the ledger otherwise', async () => {
    await resultsBucket.freeze('open', { one: ['done', 'waits'] });
    await resultsBucket.append(record('open', 'done'));
    assert.deepEqual(statesIn(await published('open', null)), { done: 'finished', waits: 'queued' });
    assert.deepEqual(await chainOf(resultsBucket, 'open', 'waits'), []);
  });
});
