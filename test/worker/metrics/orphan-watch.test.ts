import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Orphans } from '../../../src/campaign/invariants/orphans.ts';
import { OrphanWatch } from '../../../src/worker/metrics/orphan-watch.ts';

const found = (jobs: string[], workflows: string[] = [], containers: string[] = []): Orphans => ({
  jobsWithoutWorkflow: jobs.map((job) => ({ job, run: 'c/s/1' })),
  workflowsWithoutJob: workflows.map((workflow) => ({ workflow, run: '' })),
  containersWithoutClaim: containers.map((job) => ({ job, run: 'c/s/1' })),
});

describe('the watch for orphans', () => {
  const interval = 1_000;
  let time = 0;
  let looks: string[] = [];
  let failures: string[] = [];
  beforeEach(() => {
    [time, looks, failures] = [0, [], []];
  });

  /** A watch whose looks find these, one after another. */
  function watchOf(...results: (Orphans | Error)[]): OrphanWatch {
    const look = (campaign: string): Promise<Orphans> => {
      looks.push(campaign);
      const result = results.shift() ?? found([]);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    };
    return new OrphanWatch(
      look,
      interval,
      (error, campaign) => void failures.push(`${campaign}: ${String(error)}`),
      () => time,
    );
  }

  it('counts what two looks in a row saw, by kind', async () => {
    const watch = watchOf(found(['j-1', 'j-2'], ['w-1'], ['k-1']), found(['j-2', 'j-3'], ['w-1'], ['k-2']));
    watch.of(['c']);
    await turn();
    assert.equal(watch.of(['c']).size, 0, 'one look may be wrong');
    time += interval;
    watch.of(['c']);
    await turn();
    assert.deepEqual(watch.of(['c']).get('c'), {
      'job-without-workflow': 1,
      'workflow-without-job': 1,
      'container-without-claim': 0,
    });
  });

  it('looks again after the interval, and not before, however often it is asked', async () => {
    const watch = watchOf();
    for (; time < 3 * interval; time += 100) {
      watch.of(['c', 'd']);
      await turn();
    }
    assert.deepEqual(looks, ['c', 'd', 'c', 'd', 'c', 'd']);
  });

  it('does not begin a look while one is under way', async () => {
    let looks = 0;
    const never = (): Promise<Orphans> => {
      looks += 1;
      return new Promise(() => undefined);
    };
    const watch = new OrphanWatch(
      never,
      interval,
      () => undefined,
      () => time,
    );
    for (; time < 5 * interval; time += interval) {
      watch.of(['c']);
      await turn();
    }
    assert.equal(looks, 1);
  });

  it('says nothing of a campaign after a failed look, whose cause it reports, until two have succeeded', async () => {
    const watch = watchOf(found(['j']), found(['j']), new Error('no Batch'), found(['j']), found(['j']));
    const sizes: number[] = [];
    for (let look = 0; look < 5; look += 1) {
      watch.of(['c']);
      await turn();
      sizes.push(watch.of(['c']).size);
      time += interval;
    }
    assert.deepEqual(sizes, [0, 1, 0, 0, 1]);
    assert.deepEqual(failures, ['c: Error: no Batch']);
  });

  it('says nothing of a campaign that does not run any more', async () => {
    const watch = watchOf(found(['j']), found(['j']));
    watch.of(['c']);
    await turn();
    time += interval;
    watch.of(['c']);
    await turn();
    assert.deepEqual([watch.of(['c']).size, watch.of(['d']).size], [1, 0]);
  });
});
