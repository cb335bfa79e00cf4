import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { CampaignReader, leastIntervalMs } from '../../../src/worker/metrics/campaign-reader.ts';

type Answer = 'progress' | 'error' | 'nothing';

/** A client of Temporal that lists campaigns and counts queries. */
class SomeClient {
  lists = 0;
  queries: string[] = [];
  deadlines: number[] = [];
  described: string[] = [];
  /** The attempts of a campaign's pending activities. */
  attempts: Record<string, (number | null)[]> = {};
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
        workflowId: `campaign:${name}`,
      }));
    };
    const getHandle = (workflowId: string) => ({
      describe: () => {
        this.described.push(workflowId);
        const pendingActivities = (this.attempts[workflowId.replace('campaign:', '')] ?? []).map((attempt) => ({
          attempt,
        }));
        return Promise.resolve({ raw: { pendingActivities } });
      },
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
    const thrice = ['one', 'one', 'one', 'two', 'two', 'two'].map((name) => `campaign:${name}`);
    assert.deepEqual(some.queries.sort(), thrice);
    assert.deepEqual(some.described.sort(), thrice);
  });

  it('asks nothing while nobody asks it', async () => {
    const some = new SomeClient({ one: 'progress' });
    readerOf(some);
    time += 10 * leastIntervalMs;
    assert.equal(some.lists, 0);
  });

  it('tells which campaigns do not answer, by an error or in time, and does not lose the others', async () => {
    const some = new SomeClient({ good: 'progress', bad: 'error', mute: 'nothing' });
    const { temporalUp, campaigns } = await readerOf(some).read();
    assert.equal(temporalUp, true);
    assert.deepEqual([...campaigns.keys()], ['good', 'bad', 'mute']);
    assert.ok(campaigns.get('good')?.progress, 'it answers');
    for (const silent of ['bad', 'mute'])
      assert.deepEqual(campaigns.get(silent), { progress: undefined, stuckSteps: 0 }, silent);
    assert.equal(new Set(some.deadlines).size, 1, 'one deadline for all calls of a scrape');
  });

  it('counts the campaign’s own steps that failed three times, whether it answers or not', async () => {
    const some = new SomeClient({ good: 'progress', mute: 'nothing' });
    some.attempts = { good: [null, 1, 3], mute: [4, 2, 90] };
    const { campaigns } = await readerOf(some).read();
    assert.deepEqual([campaigns.get('good')?.stuckSteps, campaigns.get('mute')?.stuckSteps], [0, 2]);
  });

  it('knows the campaigns still while Temporal is away, as silent, and forgets those that have ended', async () => {
    const some = new SomeClient({ one: 'progress', two: 'progress' });
    const reader = readerOf(some);
    await reader.read();
    some.isUp = false;
    time += leastIntervalMs;
    const away = await reader.read();
    const silent = { progress: undefined, stuckSteps: undefined };
    assert.equal(away.temporalUp, false);
    assert.deepEqual(Object.fromEntries(away.campaigns), { one: silent, two: silent });
    some.isUp = true;
    delete some.campaigns['one'];
    time += leastIntervalMs;
    const back = await reader.read();
    assert.deepEqual([back.temporalUp, [...back.campaigns.keys()]], [true, ['two']]);
  });
});
