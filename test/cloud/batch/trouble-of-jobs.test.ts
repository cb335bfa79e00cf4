import assert from 'node:assert/strict';
import {
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { eventually } from '../../support/eventually.ts';
import type { Fault } from '../../support/servers/fault-proxy.ts';
import { TroubleRig } from './trouble-rig.ts';

/** Why no machine can ever take a job, in the words of the user guide (job_stuck_in_runnable), and what to do about it. */
const misconfigurations: Record<string, { words: string; next: RegExp }> = {
  'whose jobs need more than an instance has': {
    words:
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
    next: /→ lower vcpus, memoryMiB or the GPUs of the class to what one of its instances registers/,
  },
  'whose compute environment is too small for one job': {
    words:
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
    next: /→ raise maxvCpus of the compute environment to the vCPUs of one job or more/,
  },
};

describe('a campaign whose jobs Batch does not start', function () {
  this.timeout(240_000);
  // The first run works, so that g4 gets runs until the third fault in a row, until the campaign is started again.
  const rig = new TroubleRig({ submissions: 5, firstEnds: true });
  const { home } = rig;
  before(() => rig.open());
  after(() => rig.close());
  afterEach(async function () {
    await rig.reset(this.currentTest?.state === 'passed');
    await home.haveMachines('g4', 2);
  });

  const jobs = async (): Promise<number> => (await home.allJobs()).length;

  it('whose definition somebody removes: status says it with the next job, running ones go on, and a new one opens it', async () => {
    const [job, other] = await rig.startAndRun();
    assert.ok(job && other);
    const before = await jobs();
    for (const { jobDefinitionArn, jobDefinitionName } of await activeDefinitions()) {
      if (jobDefinitionName?.endsWith('-g4') !== true) continue;
      await home.batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: jobDefinitionArn }));
    }
    await rig.cancel(job);
    await rig.statusSays(
      /g4 since \S+ \S+ UTC: Batch has no active job definition holdout-runner-g4 with 4 vCPUs, 15,000 MiB, 1 GPU\. → register the job definition of the class: deploy infra\/, or start the campaign again \(who acts: the operator\), then: npm run holdout -- resume steered --class g4/,
    );
    await home.until('the other job runs on, and one on another class', ({ counts }) => counts.running === 2);
    await rig.noneFailed();
    await eventually('it has a job', async () => (await jobs()) === before + 1);
    await home.begin();
    await home.command(0, 'resume', '--class', 'g4');
    await rig.cancel(other);
    await eventually('a job starts with the new definition', async () => (await jobs()) === before + 2);
    await rig.endBy('cancel');
    await rig.restIsCancelled();
  });

  const activeDefinitions = async () =>
    (await home.batch.send(new DescribeJobDefinitionsCommand({ status: 'ACTIVE' }))).jobDefinitions ?? [];

  for (const [title, { words, next }] of Object.entries(misconfigurations)) {
    it(`${title}: status gives Batch’s words within a minute, after three jobs at most and at no cost, and a running one goes on`, async () => {
      const [job] = await rig.startAndRun();
      assert.ok(job);
      const before = await jobs();
      // The endpoint's own reason is that it has no machine; Batch's words are put in its place.
      await home.haveMachines('g4', 0);
      rig.inject(['describejobs'], runnable('RUNNABLE', words));
      await rig.cancel(job);
      await rig.statusSays(
        /g4(: a platform fault ended the last 2 runs)? since \S+ \S+ UTC: Batch cannot place the job: MISCONFIGURATION:/,
      );
      const status = await home.command(0, 'status');
      assert.ok(status.includes(words.slice(0, 100)), status);
      assert.match(status, next);
      const { counts, money } = await home.progress();
      assert.deepEqual([counts.running, counts.failed, money.overhead], [1, 0, 0]);
      assert.equal(
        (await jobs()) - before,
        2,
        'with the one that runs three, as many as a class gets on which none has worked',
      );
      await rig.endBy('abort');
      await rig.restIsCancelled();
    });
  }

  it('whose runner image ECS cannot pull: status says it, and no submission fails', async () => {
    const reason = 'CannotPullContainerError: manifest unknown: Requested image not found';
    const change = async (answer: Record<string, unknown>) => {
      const jobs = answer['jobs'] as { jobId: string; status: string }[];
      const changed = jobs.map(async (job) => {
        if (job.status === 'SUCCEEDED') return job;
        await home.batch.send(new TerminateJobCommand({ jobId: job.jobId, reason: 'not started' }));
        const statusReason = 'Task failed to start';
        const attempts = [{ statusReason, container: { reason } }];
        return { ...job, status: 'FAILED', statusReason, attempts, container: { reason }, isTerminated: false };
      });
      return { jobs: await Promise.all(changed) };
    };
    rig.inject(['describejobs'], { kind: 'answer', change });
    await rig.start();
    await rig.statusSays(
      /g4 since .*CannotPullContainerError: manifest unknown: Requested image not found → push the image of the runner/,
    );
    await rig.noneFailed();
    await rig.endBy('cancel');
    await rig.restIsCancelled();
  });

  it('without a machine: status gives Batch’s reason by class and queue, and abort ends the jobs', async () => {
    rig.inject(
      ['describejobs'],
      runnable('RUNNING', 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested'),
    );
    await rig.start();
    await rig.statusSays(
      /waiting for machines:\n {2}g4: 2 jobs wait for a machine since \S+ \S+ UTC: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY .* → nothing to repair/,
    );
    rig.proxy.reset();
    await eventually('it is over', async () => !/waiting for machines/.test(await home.command(0, 'status')), {
      withinMs: 20_000,
    });
    await rig.endBy('abort');
  });

  it('whose job somebody ends by hand: status says it, and the run is repeated', async () => {
    const [job] = await rig.startAndRun();
    await home.batch.send(new TerminateJobCommand({ jobId: job?.jobId ?? '', reason: 'not needed' }));
    await rig.statusSays(
      /g4: a platform fault ended the last run since .*: somebody ended the job outside Holdout: not needed → find out who/,
    );
    await rig.endBy('abort');
  });
});

/** Batch shows jobs of g4 in this state as RUNNABLE for this reason. */
const runnable = (state: string, statusReason: string): Fault => ({
  kind: 'answer',
  change: (answer) => ({
    jobs: (answer['jobs'] as { status: string; jobQueue: string }[]).map((job) =>
      job.status === state && job.jobQueue.endsWith('-g4') ? { ...job, status: 'RUNNABLE', statusReason } : job,
    ),
  }),
});
