import assert from 'node:assert/strict';
import { ClusterCampaigns, type EndedCampaign } from '../support/cluster/cluster-campaigns.ts';
import { describeWithCluster } from '../support/cluster/describe-with-cluster.ts';
import { TemporalCluster } from '../support/cluster/temporal-cluster.ts';
import { eventually } from '../support/eventually.ts';

const submissions = 80;

describeWithCluster('a campaign on a Temporal over PostgreSQL', function () {
  this.timeout(1_800_000);
  let cluster: TemporalCluster;
  let campaigns: ClusterCampaigns;
  let calm: EndedCampaign;
  let disturbed: EndedCampaign;

  before(async () => {
    cluster = await TemporalCluster.start();
    campaigns = await ClusterCampaigns.open(cluster, submissions);
    calm = await campaigns.run('calm');
    disturbed = await campaigns.run('disturbed', disturb);
  });
  after(async () => {
    await campaigns?.stop();
    await cluster?.stop();
  });

  /** Each fault begins while submissions are running, and lasts until Temporal has stopped to answer. */
  async function disturb(): Promise<void> {
    await reached(0.1, 'pg_ctl stop -m immediate');
    await cluster.postgres.stopImmediately();
    await eventually('Temporal does not answer', async () => !(await cluster.answers()), { withinMs: 60_000 });
    await cluster.postgres.resume();
    assert.match(cluster.postgres.log, /was not properly shut down; automatic recovery in progress/);
    await eventually('Temporal answers again', () => cluster.answers(), { withinMs: 60_000 });
    for (const [share, how] of [
      [0.2, 'cut'],
      [0.3, 'silent'],
    ] as const) {
      await reached(share, `${how} connections between Temporal and PostgreSQL`);
      await cluster.separate(how);
      await eventually('Temporal does not answer', async () => !(await cluster.answers()), { withinMs: 60_000 });
      await cluster.rejoin();
      await eventually('Temporal answers again', () => cluster.answers(), { withinMs: 120_000 });
    }
    for (const [share, signal] of [
      [0.45, 'SIGKILL'],
      [0.65, 'SIGTERM'],
    ] as const) {
      await reached(share, `${signal} for Temporal's server`);
      await cluster.end(signal);
      await cluster.resume();
    }
  }

  async function reached(share: number, next: string): Promise<void> {
    const ended = await campaigns.untilEnded('disturbed', share);
    process.stderr.write(`cluster: ${ended} of ${submissions} submissions have ended; now ${next}\n`);
  }

  it('ends every submission as without faults', () => {
    assert.equal(Object.keys(disturbed.states).length, submissions);
    assert.deepEqual([...new Set(Object.values(disturbed.states))], ['finished']);
    assert.deepEqual(disturbed.states, calm.states);
  });

  it('publishes the leaderboard of a campaign without faults, to the byte', () => {
    assert.match(calm.leaderboard, /Team 1/);
    assert.equal(disturbed.leaderboard, calm.leaderboard);
  });

  it('breaks no invariant', () => {
    for (const { checked } of [calm, disturbed]) {
      assert.equal(checked.status, 0, checked.stdout + checked.stderr);
      assert.match(checked.stdout, /\(ended\): no breach$/m);
    }
  });

  it('runs nothing twice', () => {
    // A probe and an evaluation of each submission, and the canaries.
    assert.ok(disturbed.jobs.size > 2 * submissions, `${disturbed.jobs.size} runs`);
    assert.deepEqual(
      [...disturbed.jobs].filter(([, jobs]) => jobs.length > 1),
      [],
    );
  });
});
