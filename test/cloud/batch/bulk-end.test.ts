import assert from 'node:assert/strict';
import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { CampaignRecord } from '../../support/campaigns/campaign-record.ts';
import type { ObservedJob } from '../../support/campaigns/simulated-home.ts';
import { eventually } from '../../support/eventually.ts';
import { TroubleRig } from './trouble-rig.ts';

/** Jobs that run at a time. */
const atOnce = 12;
/** Many runs on a busy machine. */
const patience = { withinMs: 90_000 };

describe('ending many jobs of a campaign', function () {
  this.timeout(240_000);
  // The first run works, so that the class gets more than three at a time.
  const rig = new TroubleRig({ submissions: 2 * atOnce + 1, slots: atOnce, firstEnds: true });
  const { home } = rig;
  before(() => rig.open());
  after(() => rig.close());

  /** The jobs that run once every slot is taken. */
  async function allRun(): Promise<ObservedJob[]> {
    let running: ObservedJob[] = [];
    await eventually(
      `${atOnce} jobs run`,
      async () => {
        running = await home.activeJobs();
        return running.length === atOnce && running.every(({ status }) => status === 'RUNNING');
      },
      patience,
    );
    return running;
  }

  /**
   * Fails unless exactly these jobs were ended, most of them in calls of TerminateJobs, and by fewer calls than there are jobs.
   * Workers hear of a cancellation with the next heartbeat of each run, so that a job may go alone, or twice if that is late.
   */
  function endedInBulk(jobs: readonly ObservedJob[]): void {
    const bulk = rig.proxy.bodies('terminatejobs').map((body) => body['jobs'] as string[]);
    const single = rig.proxy.bodies('terminatejob').map((body) => body['jobId'] as string);
    const told = `TerminateJobs for ${bulk.map(({ length }) => length).join(', ')} jobs, ${single.length} of TerminateJob`;
    const ended = new Set([...bulk.flat(), ...single]);
    assert.deepEqual([...ended].sort(), jobs.map(({ jobId }) => jobId).sort(), told);
    assert.ok(new Set(bulk.flat()).size > jobs.length / 2 && bulk.length + single.length < jobs.length, told);
  }

  it('by pause --kill of the teams', async () => {
    await rig.start();
    const jobs = await allRun();
    rig.proxy.reset();
    await home.command(0, 'pause', '--kill');
    await eventually('they end', async () => (await home.activeJobs()).length === 0, patience);
    endedInBulk(jobs);
  });

  it('by abort', async () => {
    await home.command(0, 'resume');
    const jobs = await allRun();
    rig.proxy.reset();
    await home.command(0, 'abort', '--yes');
    await home.command(3, 'watch');
    endedInBulk(jobs);
  });

  it('leaves in the ledger what Batch says about every job', async () => {
    const record = new CampaignRecord(home.folder, home.campaign);
    const jobs = new Map((await home.allJobs()).map(({ jobId, runKey }) => [jobId, runKey]));
    let compared = 0;
    for (const { submission } of (await home.results()).submissions) {
      for (const { n, jobId, facts } of record.chain(submission).flatMap(({ runs }) => runs)) {
        assert.equal(jobs.get(jobId ?? ''), `${home.campaign}/${submission}/${n}`);
        const { jobs: [job] = [] } = await home.batch.send(new DescribeJobsCommand({ jobs: [jobId ?? ''] }));
        const last = job?.attempts?.at(-1);
        assert.ok(last?.statusReason && last.container?.logStreamName && last.container.containerInstanceArn);
        const { logStreamName, containerInstanceArn } = last.container;
        assert.deepEqual(
          [facts?.batch?.statusReason, facts?.batch?.logStreamName, facts?.batch?.containerInstanceArn],
          [last.statusReason, logStreamName, containerInstanceArn],
        );
        compared += 1;
      }
    }
    assert.equal(compared, jobs.size);
    assert.ok(compared > 2 * atOnce, `${compared} jobs`);
  });
});
