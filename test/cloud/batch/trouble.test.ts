import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { TerminateJobCommand } from '@aws-sdk/client-batch';
import { programsWithBatchAt } from '../../support/campaigns/programs-with-batch-at.ts';
import { endless, SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { eventually } from '../../support/eventually.ts';
import { FaultProxy, type BatchOperation, type Fault } from '../../support/servers/fault-proxy.ts';
import { freePort } from '../../support/servers/free-port.ts';

const refuse = (status: number, type: string, message: string): Fault => ({ kind: 'refuse', status, type, message });

/** What Batch answers to whom when something is missing, and how `status` begins its line about it. */
const cases: Record<string, { faults: Partial<Record<BatchOperation, Fault>>; says: RegExp; next: RegExp }> = {
  'whose queue is missing': {
    faults: { submitjob: refuse(404, 'ClientException', 'JobQueue simulated-g4 not found.') },
    says: /g4 since \S+ \S+ UTC: Batch refuses the job: ClientException: JobQueue simulated-g4 not found\./,
    next: /→ create the queue, or correct the queue of the class \(who acts: the administrator of the AWS account\), then: npm run holdout -- resume steered --class g4/,
  },
  'whose queue was disabled': {
    faults: { submitjob: refuse(400, 'ClientException', 'JobQueue simulated-g4 is not in ENABLED state') },
    says: /g4 since .*JobQueue simulated-g4 is not in ENABLED state/,
    next: /→ enable the queue .*, then: npm run holdout -- resume/,
  },
  'whose worker may not submit': {
    faults: {
      submitjob: refuse(403, 'AccessDeniedException', 'User: w is not authorized to perform: batch:SubmitJob'),
    },
    says: /g4 since .*AccessDeniedException: User: w is not authorized to perform: batch:SubmitJob/,
    next: /→ give the role that is named the right that is named \(who acts: the administrator of the AWS account\), then: npm run holdout -- resume/,
  },
  'whose credentials have expired': {
    faults: Object.fromEntries(
      (['submitjob', 'listjobs', 'describejobs', 'terminatejob', 'terminatejobs'] as const).map((operation) => [
        operation,
        refuse(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
      ]),
    ),
    says: /g4 since .*ExpiredTokenException: The security token included in the request is expired/,
    next: /→ renew the credentials of the worker and restart it \(who acts: the operator\), then: npm run holdout -- resume/,
  },
};

describe('a campaign on a Batch with a wrong set-up', function () {
  this.timeout(240_000);
  const shape = { teams: [1, 1, 1, 1], slots: { g4: 2, p3: 1 }, budgetUsd: 500, unprobed: true } as const;
  const home = new SimulatedHome({ ...shape, teams: [...shape.teams] });
  let proxy: FaultProxy;
  let programs = '';
  after(async () => {
    await home.remove();
    proxy.stop();
    if (programs !== '') rmSync(programs, { recursive: true });
  });
  before(async () => {
    const batch = await freePort();
    proxy = new FaultProxy(() => `http://127.0.0.1:${batch}`);
    await proxy.start();
    programs = programsWithBatchAt(proxy.endpoint);
    const ids = ['s0-0', 's1-0', 's2-0', 's3-0'];
    await home.open(Object.fromEntries(ids.map((id) => [id, endless])), {
      programs,
      ports: { temporal: 0, ui: 0, s3: 0, batch },
    });
  });
  afterEach(async function () {
    proxy.reset();
    if (this.currentTest?.state === 'passed') return;
    await home.run('abort', home.campaign, '--yes');
    await home.run('watch', home.campaign);
  });

  const abort = async (): Promise<void> => {
    const began = Date.now();
    await home.command(0, 'abort', '--yes');
    await home.command(3, 'watch');
    const took = Date.now() - began;
    assert.ok(took < 30_000, `abort took ${took} ms`);
  };
  const noneFailed = async (): Promise<void> => {
    for (const { submission, state } of (await home.results()).submissions) {
      assert.equal(state, 'cancelled', submission);
    }
  };
  /** A campaign that has ended is started again by a retry of its cancelled submissions. */
  let isEnded = false;
  const start = async (): Promise<void> => {
    if (isEnded) await home.command(0, 'retry', '--reason', 'cancelled', '--yes');
    else await home.begin();
    isEnded = true;
  };
  const statusSays = async (says: RegExp): Promise<void> => {
    let last = '';
    const isSaid = async (): Promise<boolean> => says.test((last = await home.command(0, 'status')));
    await eventually('it is told', isSaid, { withinMs: 60_000, everyMs: 500 }).catch(() => assert.match(last, says));
  };

  for (const [title, { faults, says, next }] of Object.entries(cases)) {
    it(`${title}: status says it within a minute, no submission fails, and abort ends it within 30 seconds`, async () => {
      for (const [operation, fault] of Object.entries(faults)) proxy.inject(operation as BatchOperation, fault);
      await start();
      await statusSays(says);
      assert.match(await home.command(0, 'status'), next);
      assert.equal((await home.progress()).counts.failed, 0);
      await abort();
      await noneFailed();
    });
  }

  it('whose queue somebody disables: status says it with the next job, and the jobs that run go on', async () => {
    await start();
    await home.until('two run', ({ counts }) => counts.running === 2);
    await eventually('their jobs run', async () => (await home.activeJobs()).length === 2);
    const words = 'JobQueue simulated-g4 is not in ENABLED state';
    proxy.inject('submitjob', refuse(400, 'ClientException', words));
    const [job] = await home.activeJobs();
    await home.command(0, 'cancel', '--submission', job?.runKey.split('/')[1] ?? '', '--why', 'test', '--yes');
    await statusSays(
      /g4(: a platform fault ended .*)? since .*JobQueue simulated-g4 is not in ENABLED state.* → enable the queue/,
    );
    const { counts } = await home.progress();
    assert.deepEqual([counts.running, counts.failed], [1, 0]);
    await abort();
    await noneFailed();
  });

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
    proxy.inject('describejobs', { kind: 'answer', change });
    await start();
    await statusSays(
      /g4 since .*CannotPullContainerError: manifest unknown: Requested image not found → push the image of the runner/,
    );
    assert.equal((await home.progress()).counts.failed, 0);
    await abort();
    await noneFailed();
  });

  it('that does not respond: abort leaves the jobs behind, and the worker ends them once it does', async () => {
    await start();
    await home.until('two run', ({ counts }) => counts.running === 2);
    await eventually('their jobs run', async () => {
      const jobs = await home.activeJobs();
      return jobs.length === 2 && jobs.every(({ status }) => status === 'RUNNING');
    });
    for (const operation of ['submitjob', 'listjobs', 'describejobs', 'terminatejob', 'terminatejobs'] as const) {
      proxy.inject(operation, { kind: 'hang' });
    }
    await abort();
    const left = (await home.results()).submissions.filter(({ detail }) => detail !== null);
    assert.ok(left.length >= 1, 'a job is left behind');
    assert.match(left[0]?.detail ?? '', /may still be running: Batch does not respond/);
    const { stdout } = await home.run('status', home.campaign);
    assert.match(
      stdout,
      /jobs that could not be ended; .*\n {2}s\d-0: job \S+ may still be running: Batch does not respond/,
    );
    proxy.reset();
    await eventually('the jobs end', async () => (await home.activeJobs()).length === 0, { withinMs: 120_000 });
  });

  it('without a machine: status gives Batch’s reason by class and queue, and abort ends the jobs', async () => {
    const words = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested';
    const change = (answer: Record<string, unknown>) => ({
      jobs: (answer['jobs'] as { status: string }[]).map((job) =>
        job.status === 'RUNNING' ? { ...job, status: 'RUNNABLE', statusReason: words } : job,
      ),
    });
    proxy.inject('describejobs', { kind: 'answer', change });
    await start();
    await statusSays(
      /waiting for machines:\n {2}g4: 2 jobs wait for a machine since \S+ \S+ UTC: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY .* → nothing to repair/,
    );
    proxy.reset();
    await eventually('it is over', async () => !/waiting for machines/.test(await home.command(0, 'status')), {
      withinMs: 20_000,
    });
    await abort();
  });

  it('whose job somebody ends by hand: status says it, and the run is repeated', async () => {
    await start();
    await home.until('two run', ({ counts }) => counts.running === 2);
    await eventually('their jobs run', async () => (await home.activeJobs()).length === 2);
    const [job] = await home.activeJobs();
    await home.batch.send(new TerminateJobCommand({ jobId: job?.jobId ?? '', reason: 'not needed' }));
    await statusSays(
      /g4: a platform fault ended the last run since .*: somebody ended the job outside Holdout: not needed → find out who/,
    );
    await abort();
  });

  it('that refuses to end jobs: abort leaves them behind, names them and counts their worst case', async () => {
    await start();
    await home.until('two run', ({ counts }) => counts.running === 2);
    await eventually('their jobs run', async () => {
      const jobs = await home.activeJobs();
      return jobs.length === 2 && jobs.every(({ status }) => status === 'RUNNING');
    });
    for (const operation of ['terminatejob', 'terminatejobs'] as const) {
      proxy.inject(operation, refuse(403, 'AccessDeniedException', 'User: w is not authorized to perform: x'));
    }
    await abort();
    const left = (await home.results()).submissions.filter(({ detail }) => detail !== null);
    assert.ok(left.length >= 1);
    assert.match(left[0]?.detail ?? '', /may still be running: Batch refuses to end it: AccessDeniedException/);
  });
});
