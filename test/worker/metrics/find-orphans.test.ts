import assert from 'node:assert/strict';
import { DescribeJobsCommand, ListJobsCommand, type BatchClient } from '@aws-sdk/client-batch';
import type { Orphans } from '../../../src/campaign/invariants/orphans.ts';
import { findOrphans, type OrphanSources } from '../../../src/worker/metrics/find-orphans.ts';

interface Job {
  id: string;
  run: string;
  status?: string;
  minutes?: number;
  queue?: string;
}

interface Workflow {
  id: string;
  stage?: string;
  pending?: string;
}

/** What a campaign with the queues `g4` and `p3` looks like in Batch, Temporal and S3. */
class World {
  readonly describedWorkflows: string[] = [];
  readonly describedJobs: string[] = [];
  constructor(
    private readonly jobs: Job[],
    private readonly workflows: Workflow[],
    private readonly claims: Record<string, string> = {},
  ) {}

  find(): Promise<Orphans> {
    return findOrphans(this.sources as unknown as OrphanSources, 'c');
  }

  private get sources(): object {
    const execution = ({ id, stage }: Workflow) => ({
      workflowId: id,
      runId: id,
      type: id.split(':')[0],
      typedSearchAttributes: { get: () => stage },
    });
    const describe = (id: string) => {
      this.describedWorkflows.push(id);
      const name = this.workflows.find((one) => one.id === id)?.pending;
      return Promise.resolve({ raw: { pendingActivities: name ? [{ activityType: { name } }] : [] } });
    };
    return {
      frozen: {
        campaign: () => Promise.resolve({ instanceClasses: [{ queue: 'g4' }, { queue: 'p3' }, { queue: 'g4' }] }),
      },
      workflows: {
        list: () => this.workflows.map(execution),
        getHandle: (id: string) => ({ describe: () => describe(id) }),
      },
      runs: {
        bucket: 'runs',
        store: {
          find: (_: string, key: string) => {
            const claim = this.claims[key.replace('/claim', '')];
            return Promise.resolve(claim === undefined ? undefined : Buffer.from(claim));
          },
        },
      },
      batch: { send: (call: unknown) => Promise.resolve(this.answer(call)) } as unknown as BatchClient,
    };
  }

  /** Pages of one job each. */
  private answer(call: unknown): object {
    if (call instanceof ListJobsCommand) {
      const { jobQueue, jobStatus, nextToken = '0' } = call.input;
      const listed = this.jobs.filter(
        ({ queue = 'g4', status = 'RUNNING' }) => queue === jobQueue && status === jobStatus,
      );
      const page = Number(nextToken);
      const rest = page + 1 < listed.length ? { nextToken: String(page + 1) } : {};
      return { jobSummaryList: listed.slice(page, page + 1).map(({ id }) => ({ jobId: id })), ...rest };
    }
    assert.ok(call instanceof DescribeJobsCommand, 'no other call');
    const ids = call.input.jobs ?? [];
    this.describedJobs.push(...ids);
    return {
      jobs: this.jobs
        .filter(({ id }) => ids.includes(id))
        .map(({ id, run, status = 'RUNNING', minutes = 1 }) => ({
          jobId: id,
          status,
          ...(status === 'RUNNING' && { startedAt: Date.now() - minutes * 60_000 }),
          container: { environment: [{ name: 'HOLDOUT_RUN_KEY', value: run }] },
        })),
    };
  }
}

const none: Orphans = { jobsWithoutWorkflow: [], workflowsWithoutJob: [], containersWithoutClaim: [] };
const submission = (name: string, stage = 'running', pending = 'awaitBatchJob'): Workflow => ({
  id: `submission:c:${name}`,
  stage,
  pending,
});
const canary: Workflow = { id: 'canary:c:g4:1', pending: 'awaitCanary' };

describe('one look for orphans', () => {
  it('finds none where each job has its workflow and its claim, in every state', async () => {
    const world = new World(
      [
        { id: 'j1', run: 'c/s1/2', minutes: 90 },
        { id: 'j2', run: 'c/s2/1', status: 'RUNNABLE', queue: 'p3' },
        { id: 'j3', run: 'c/_canary-g4/1', status: 'STARTING' },
      ],
      [submission('s1'), submission('s2'), submission('s3', 'scoring', 'scoreOutput'), canary],
      { 'c/s1/2': 'j1' },
    );
    assert.deepEqual(await world.find(), none);
  });

  it('finds jobs without a workflow, of submissions and of canaries', async () => {
    const jobs = [
      { id: 'j1', run: 'c/gone/2' },
      { id: 'j2', run: 'c/_canary-p3/1', status: 'SUBMITTED' },
      { id: 'j3', run: 'c/s1/1', status: 'PENDING' },
    ];
    assert.deepEqual((await new World(jobs, [submission('s1')]).find()).jobsWithoutWorkflow, [
      { job: 'j1', run: 'c/gone/2' },
      { job: 'j2', run: 'c/_canary-p3/1' },
    ]);
  });

  it('finds workflows that wait for a job that is not there, and no others', async () => {
    const world = new World(
      [{ id: 'j1', run: 'c/s1/1' }],
      [submission('s1'), submission('s2'), submission('s3', 'running', 'submitBatchJob'), { ...canary }],
    );
    const { workflowsWithoutJob } = await world.find();
    assert.deepEqual(
      workflowsWithoutJob.map(({ workflow }) => workflow),
      ['submission:c:s2', 'canary:c:g4:1'],
    );
  });

  it('finds running jobs without the claim of their run, once they should have it', async () => {
    const run = (id: string, name: string, minutes: number): Job => ({ id, run: `c/${name}/1`, minutes });
    const world = new World(
      [run('j1', 's1', 10), run('j2', 's2', 10), run('j3', 's3', 10), run('j4', 's4', 2), run('j5', 's5', 10)],
      ['s1', 's2', 's3', 's4', 's5'].map((name) => submission(name)),
      { 'c/s1/1': 'j1', 'c/s2/1': 'another', 'c/s5/1': 'abandoned' },
    );
    const { containersWithoutClaim } = await world.find();
    assert.deepEqual(
      containersWithoutClaim.map(({ job }) => job),
      ['j2', 'j3', 'j5'],
    );
  });

  it('leaves out jobs of other campaigns and of other programs, and asks nothing of those that ended or wait', async () => {
    const world = new World(
      [
        { id: 'j1', run: 'other/s/1' },
        { id: 'j2', run: 'not a run key' },
        { id: 'j3', run: 'c/s9/1', status: 'SUCCEEDED' },
      ],
      [submission('s1', 'waiting', ''), submission('s2', 'preparing', 'pullImage')],
    );
    assert.deepEqual(await world.find(), none);
    assert.deepEqual(world.describedJobs, ['j1', 'j2']);
    assert.deepEqual(world.describedWorkflows, []);
  });
});
