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

  it('records every round that is neither final nor running, added ones too, after the campaign was closed', async () => {
    await resultsBucket.freeze('closed', { one: ['done', 'runs', 'never'] });
    await resultsBucket.append(record('closed', 'done'));
    const rounds = [roundOf('one', 'done', 2), roundOf('two', 'late')];
    const added = await resultsBucket.add('closed', { rounds, submissions: [submissionOf('two', 'late')] });
    const taken = acceptedCommand({ name: 'addSubmissions', message: { rounds: added, count: 2 } });
    await appendCommands(resultsBucket, 'closed', 1, [taken]);
    const handle = await rig.open({ campaign: 'closed', submission: 'runs', sequence: 1 });
    const results = await published('closed', 'cancelled');
    assert.deepEqual(statesIn(results), { done: 'finished', runs: 'queued', never: 'cancelled', late: 'cancelled' });
    assert.equal(results.state, 'running', 'one runs on and will record itself');
    const [first, second] = await chainOf(resultsBucket, 'closed', 'done');
    assert.equal(second?.record.predecessor, first?.digest);
    const [late] = await chainOf(resultsBucket, 'closed', 'late');
    assert.deepEqual([late?.record.team, late?.record.reason], ['two', 'cancelled']);
    await rig.terminate(handle);
    assert.equal((await published('closed', 'cancelled')).state, 'finished');
  });

  it('does not write to the ledger otherwise', async () => {
    await resultsBucket.freeze('open', { one: ['done', 'waits'] });
    await resultsBucket.append(record('open', 'done'));
    assert.deepEqual(statesIn(await published('open', null)), { done: 'finished', waits: 'queued' });
    assert.deepEqual(await chainOf(resultsBucket, 'open', 'waits'), []);
  });
});
