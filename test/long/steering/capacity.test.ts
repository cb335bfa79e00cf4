import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { ListJobsCommand } from '@aws-sdk/client-batch';
import { statusText } from '../../../src/client/status/status-text.ts';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import { eventually } from '../../support/eventually.ts';
import { SimulatedHome } from '../../support/campaigns/simulated-home.ts';

/** How long a run waits for the first type, in seconds. */
const wait = 15;

/** One class, two types: the queues are those of the home's two classes. */
const capacity = `  - name: l4
    slots: 1
    capacity:
      - { type: g6.xlarge, queue: simulated-g4, wait: ${wait}s }
      - { type: g5.xlarge, queue: simulated-p3, wait: 2h }
`;
const further = 'l4_g5.xlarge';

describe('a class with several instance types', function () {
  this.timeout(300_000);
  const teams = Array.from({ length: 12 }, () => 1);
  const home = new SimulatedHome({ teams, slots: { g4: 1, p3: 1 }, budgetUsd: 500, unprobed: true });
  after(() => home.remove());

  before(async () => {
    await home.open();
    const [head = ''] = readFileSync(home.file, 'utf8').split(/^ {2}- \{ name: g4/m);
    writeFileSync(home.file, `${head.replace('wallClockOn: p3', 'wallClockOn: l4')}${capacity}`);
    // The endpoint reads the classes of the population when it starts.
    const population = home.behave({});
    const given = JSON.parse(readFileSync(population, 'utf8')) as object;
    writeFileSync(population, JSON.stringify({ ...given, classes: { l4: {}, [further]: {} } }));
    await home.restartBatch();
  });

  it('runs on the first type while it has a machine', async () => {
    await home.begin();
    await home.until('two have finished', ({ counts }) => counts.finished >= 2);
    assert.equal((await home.progress()).classes[further]?.running, 0);
  });

  it('says which type has no machine, in Batch’s words, and goes on waiting', async () => {
    await home.haveMachines('g4', 0);
    const says =
      /waiting for machines:\n {2}l4: 1 job waits for a machine since \S+ \S+ UTC: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY/;
    // In this process: the command itself may take as long as the wait on a busy machine.
    let status = '';
    const isSaid = async (): Promise<boolean> => says.test((status = statusText(await home.progress())));
    await eventually('it is told', isSaid, { withinMs: 60_000, everyMs: 200 }).catch(() => assert.match(status, says));
  });

  it('goes to the next type after the wait of the first, which then counts as short', async () => {
    let status = '';
    await home.until('a run on the next type has ended', (progress) => {
      status = statusText(progress);
      return (progress.classes[further]?.ended ?? 0) > 0;
    });
    assert.match(status, /^l4 \(short\) /m);
    await home.command(0, 'watch');
    const results = await home.results();
    new CampaignRecord(home.folder, home.campaign).check(results);
    const ways = results.submissions.map(({ state, runs }) => [
      state,
      ...runs.map((run) => `${run.class} ${run.reason ?? 'scored'}`),
    ]);
    const count = (way: string[]): number => ways.filter((one) => one.join() === way.join()).length;
    const moved = count(['finished', 'l4 unplaceable', `${further} scored`]);
    const [before, afterwards] = [count(['finished', 'l4 scored']), count(['finished', `${further} scored`])];
    assert.equal(moved, 1, JSON.stringify(ways));
    assert.ok(before >= 2 && afterwards >= 1, JSON.stringify(ways));
    assert.equal(before + moved + afterwards, teams.length, JSON.stringify(ways));
  });

  it('has withdrawn the job that waited, after the wait, at no cost', async () => {
    const filters = [{ name: 'AFTER_CREATED_AT', values: ['0'] }];
    const { jobSummaryList } = await home.batch.send(new ListJobsCommand({ jobQueue: 'simulated-g4', filters }));
    const withdrawn = (jobSummaryList ?? []).filter(({ status }) => status === 'FAILED');
    assert.deepEqual(
      withdrawn.map(({ statusReason }) => statusReason?.replace(/ - .*/, '')),
      ['Holdout: too long RUNNABLE: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY'],
    );
    const [{ createdAt = 0, stoppedAt = 0 } = {}] = withdrawn;
    const waited = (stoppedAt - createdAt) / 1000;
    assert.ok(waited >= wait && waited < wait + 30, `it waited ${waited} s`);
    const { submissions } = await home.results();
    const [run] = submissions.flatMap(({ runs }) => runs).filter(({ reason }) => reason === 'unplaceable');
    assert.deepEqual([run?.billedSeconds, run?.costMicroUsd], [0, 0]);
  });
});
