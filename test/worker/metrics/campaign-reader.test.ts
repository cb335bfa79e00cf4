import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { CampaignReader, leastIntervalMs } from '../../../src/worker/metrics/campaign-reader.ts';

type Answer = 'progress' | 'error' | 'nothing';

/** A client of Temporal that lists campaigns and counts queries. */
class SomeClient {
  lists = 0;
  queries: string[] = [];
  deadlines: number[] = [];
  constructor(
    readonly campaigns: Record<string, Answer>,
    public isUp = true,
  ) {}

  get client(): Pick<Client, 'withDeadline' | 'workflow'> {
    const withDeadline = (deadline: number, work: () => Promise<unknown>) => {
      this.deadlines.push(deadline);
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 50));
      return Promise.race([work(), late]);
    };
    const list = () => {
      this.lists += 1;
      if (!this.isUp) throw new Error('UNAVAILABLE');
      return Object.keys(this.campaigns).map((name) => ({
        workflowId: name.includes(':') ? name : `campaign:${name}`,
      }));
    };
    const getHandle = (workflowId: string) => ({
      query: () => {
        this.queries.push(workflowId);
        const answer = this.campaigns[workflowId.replace('campaign:', '')];
        if (answer === 'error') return Promise.reject(new Error('no worker'));
        return answer === 'nothing' ? new Promise(() => undefined) : Promise.resolve({ campaign: workflowId });
      },
    });
    return { withDeadline, workflow: { list, getHandle } } as unknown as Pick<Client, 'withDeadline' | 'workflow'>;
  }
}

describe('the reader of campaigns', () => {
  let time = 0;
  const readerOf = (some: SomeClient) => new CampaignReader(some.client, () => time);
  beforeEach(() => (time = 0));

  it('asks each campaign once in 15 s, however often and by however many it is asked', async () => {
    const some = new SomeClient({ one: 'progress', two: 'progress' });
    const reader = readerOf(some);
    for (; time < 3 * leastIntervalMs; time += 100) await Promise.all([reader.read(), reader.read()]);
    assert.equal(some.lists, 3);
    assert.deepEqual(some.queries.sort(), [
      ...Array.from({ length: 3 }, () => 'campaign:one'),
      ...Array.from({ length: 3 }, () => 'campaign:two'),
    ]);
  });

  it('asks nothing while nobody asks it', async () => {
    const some = new SomeClient({ one: 'progress' });
    readerOf(some);
    time += 10 * leastIntervalMs;
    assert.equal(some.lists, 0);
  });

  it('tells which campaigns do not answer, by an error or in time, and does not lose the others', async () => {
    const some = new SomeClient({ good: 'progress', bad: 'error', mute: 'nothing', ['canary:good:g4:1']: 'progress' });
    const { temporalUp, campaigns } = await readerOf(some).read();
    assert.equal(temporalUp, true);
    assert.deepEqual([...campaigns.keys()], ['good', 'bad', 'mute']);
    assert.ok(campaigns.get('good'), 'it answers');
    assert.deepEqual([campaigns.get('bad'), campaigns.get('mute')], [undefined, undefined]);
    assert.equal(new Set(some.deadlines).size, 1, 'one deadline for all calls of a scrape');
  });

  it('knows the campaigns still while Temporal is away, as silent, and forgets those that have ended', async () => {
    const some = new SomeClient({ one: 'progress', two: 'progress' });
    const reader = readerOf(some);
    await reader.read();
    some.isUp = false;
    time += leastIntervalMs;
    const away = await reader.read();
    assert.deepEqual(
      [away.temporalUp, [...away.campaigns]],
      [
        false,
        [
          ['one', undefined],
          ['two', undefined],
        ],
      ],
    );
    some.isUp = true;
    delete some.campaigns['one'];
    time += leastIntervalMs;
    const back = await reader.read();
    assert.deepEqual([back.temporalUp, [...back.campaigns.keys()]], [true, ['two']]);
  });
});
