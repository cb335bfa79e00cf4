import assert from 'node:assert/strict';
import type { FrozenCampaign } from '../../src/campaign/model/frozen-campaign.ts';
import { HoldoutError } from '../../src/errors.ts';
import { readCampaignRecord } from '../../src/ledger/campaign-record.ts';
import { appendCommands } from '../../src/ledger/command-log.ts';
import { headsBody } from '../../src/ledger/heads.ts';
import { collectResults } from '../../src/ledger/results.ts';
import { appendUnsealing, type Unsealing } from '../../src/ledger/chains/unsealings.ts';
import { resultObjects } from '../../src/object-keys.ts';
import { sha256 } from '../../src/sha256.ts';
import { acceptedCommand, record, run, StoreRig } from './store-rig.ts';

/** Changes that a stranger with the right to write could make, and what the results say of each. */
const changes: readonly (readonly [what: string, key: (campaign: string) => string, says: RegExp, change: Change])[] = [
  [
    'a record with a successor',
    (c) => resultObjects.ledger(c, 's', 1),
    /ledger\/s\/2.json.*`predecessor`/,
    editing('"detail": null', '"detail": ""'),
  ],
  [
    'the newest record',
    (c) => resultObjects.ledger(c, 's', 2),
    /ledger\/s\/2.json.*record 2 is not/,
    editing('"detail": null', '"detail": ""'),
  ],
  [
    'a removed newest record',
    (c) => resultObjects.ledger(c, 't', 1),
    /ledger\/t\/1.json.*the publication had 1 record/,
    'remove',
  ],
  [
    'a removed first record',
    (c) => resultObjects.ledger(c, 's', 1),
    /There is no object .*ledger\/s\/2.json|ledger\/s\/1.json/,
    'remove',
  ],
  [
    'a record of another submission',
    (c) => resultObjects.ledger(c, 's', 1),
    /ledger\/s\/1.json.*`submission`/,
    editing('"submission": "s"', '"submission": "t"'),
  ],
  [
    'a record of another round',
    (c) => resultObjects.ledger(c, 't', 1),
    /ledger\/t\/1.json.*`sequence` is 3, and its key says 1/,
    editing('"sequence": 1', '"sequence": 3'),
  ],
  [
    'a record of another team',
    (c) => resultObjects.ledger(c, 't', 1),
    /ledger\/t\/1.json.*`team`/,
    editing('"team": "one"', '"team": "two"'),
  ],
  [
    'the key of another submission’s score',
    (c) => resultObjects.ledger(c, 't', 1),
    /ledger\/t\/1.json/,
    editing('scores/t/1.json', 'scores/s/1.json'),
  ],
  ['a score', (c) => resultObjects.score(c, 't', 1, 1), /scores\/t\/1.json.*sha256/, editing('0.5', '0.1')],
  ['an operator’s command', (c) => resultObjects.act(c, 1), /acts\/2.json.*`predecessor`/, editing('ann', 'bob')],
  ['the newest command', (c) => resultObjects.act(c, 2), /acts\/2.json.*record 2 is not/, editing('ann', 'bob')],
  ['a command that is no JSON', (c) => resultObjects.act(c, 2), /acts\/2.json.*not a JSON object/, () => 'null'],
  ['an unsealing', (c) => resultObjects.unsealing(c, 1), /unsealings\/2.json.*`predecessor`/, editing('ann', 'bob')],
  [
    'the newest unsealing',
    (c) => resultObjects.unsealing(c, 2),
    /unsealings\/2.json.*its sha256 is not the one in its receipt/,
    editing('ann', 'bob'),
  ],
  [
    'a removed newest unsealing',
    (c) => resultObjects.unsealing(c, 2),
    /unsealings\/2.json.*the publication had 2 records/,
    'remove',
  ],
  ['the manifest', (c) => resultObjects.manifest(c), /manifest.json.*sha256/, editing('Team one', 'Team own')],
  ['the frozen campaign', (c) => resultObjects.campaign(c), /`evidence.campaign`/, editing('"reject"', '0.5')],
];

type Change = 'remove' | ((text: string) => string);

function editing(from: string, to: string): Change {
  return (text) => {
    assert.ok(text.includes(from), `${from} is in the object`);
    return text.replace(from, to);
  };
}

const unsealing = (n: number): Unsealing => ({
  submission: 's',
  n,
  part: 'log',
  at: '2026-01-01T00:00:00.000Z',
  by: 'ann',
  reason: 'it fails on every class',
});

describe('a tampered record', () => {
  let rig: StoreRig;
  before(async () => {
    rig = await StoreRig.start();
  });
  after(() => rig.stop());

  /** A published campaign: two rounds of s, one of t, two commands. */
  async function published(campaign: string): Promise<FrozenCampaign> {
    const frozen = await rig.freeze(campaign, { one: ['s', 't'] });
    const evidence = {
      campaign: sha256(await rig.store.read(rig.bucket, resultObjects.campaign(campaign))),
      runs: { 1: { predictions: 'p' } },
    };
    for (const [submission, score] of [
      ['s', 0.25],
      ['t', 0.5],
    ] as const) {
      const key = resultObjects.score(campaign, submission, 1, 1);
      const result = { kind: 'scored', score, items: 1 };
      const runKey = `${campaign}/${submission}/1`;
      const body = JSON.stringify({ version: 1, runKey, metric: 'log-loss', predictions: 'p', result });
      await rig.store.write(rig.bucket, key, body);
      const scored = { runs: [run(1)], score: { key, digest: sha256(body) }, evidence };
      await rig.append(record(campaign, submission, scored));
    }
    await rig.append(record(campaign, 's', { sequence: 2, state: 'cancelled', reason: 'cancelled', evidence }));
    await appendCommands(rig, campaign, 1, [acceptedCommand(null), acceptedCommand(null)]);
    for (const n of [1, 2]) await appendUnsealing(rig, campaign, unsealing(n));
    const { heads } = await readCampaignRecord(rig, frozen);
    const rest = { version: 1, campaign: evidence.campaign, results: '', leaderboard: '' } as const;
    await rig.store.write(rig.bucket, resultObjects.heads(campaign), headsBody({ ...rest, ...heads }));
    return frozen;
  }

  it('is read when nothing was changed', async () => {
    const frozen = await published('intact');
    const { submissions } = await collectResults(rig, frozen);
    assert.deepEqual(
      submissions.map(({ score }) => score),
      [0.25, 0.5],
    );
  });

  for (const [number, [what, keyOf, says, change]] of changes.entries()) {
    it(`is refused with the name of the object: ${what}`, async () => {
      const campaign = `changed-${number}`;
      const frozen = await published(campaign);
      const key = keyOf(campaign);
      const text = (await rig.store.read(rig.bucket, key)).toString('utf8');
      if (change === 'remove') await rig.remove(key);
      else await rig.store.write(rig.bucket, key, change(text));
      await assert.rejects(collectResults(rig, frozen), (error) => {
        assert.ok(error instanceof HoldoutError, String(error));
        assert.match(error.message, says);
        assert.notEqual(error.next, '');
        return true;
      });
    });
  }
});
