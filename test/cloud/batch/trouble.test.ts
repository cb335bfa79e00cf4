import assert from 'node:assert/strict';
import type { BatchOperation, Fault } from '../../support/servers/fault-proxy.ts';
import { jobOperations, refuse, TroubleRig } from './trouble-rig.ts';

/** What Batch answers to whom when something is missing, how `status` begins its line about it, and how the operator ends it. */
const cases: Record<
  string,
  { calls: readonly BatchOperation[]; fault: Fault; says: RegExp; next: RegExp; by: 'abort' | 'cancel' }
> = {
  'whose queue is missing': {
    calls: ['submitjob'],
    fault: refuse(404, 'ClientException', 'JobQueue simulated-g4 not found.'),
    says: /g4 since \S+ \S+ UTC: Batch refuses the job: ClientException: JobQueue simulated-g4 not found\./,
    next: /→ create the queue, or correct the queue of the class \(who acts: the administrator of the AWS account\), then: npm run holdout -- resume steered --class g4/,
    by: 'cancel',
  },
  'whose queue was disabled': {
    calls: ['submitjob'],
    fault: refuse(400, 'ClientException', 'JobQueue simulated-g4 is not in ENABLED state'),
    says: /g4 since .*JobQueue simulated-g4 is not in ENABLED state/,
    next: /→ enable the queue .*, then: npm run holdout -- resume/,
    by: 'abort',
  },
  'whose worker may not submit': {
    calls: ['submitjob'],
    fault: refuse(403, 'AccessDeniedException', 'User: w is not authorized to perform: batch:SubmitJob'),
    says: /g4 since .*AccessDeniedException: User: w is not authorized to perform: batch:SubmitJob/,
    next: /→ give the role that is named the right that is named \(who acts: the administrator of the AWS account\), then: npm run holdout -- resume/,
    by: 'abort',
  },
  'whose credentials have expired': {
    calls: jobOperations,
    fault: refuse(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
    says: /g4 since .*ExpiredTokenException: The security token included in the request is expired/,
    next: /→ renew the credentials of the worker and restart it \(who acts: the operator\), then: npm run holdout -- resume/,
    by: 'cancel',
  },
};

describe('a campaign on a Batch with a wrong set-up', function () {
  this.timeout(240_000);
  const rig = new TroubleRig();
  const { home } = rig;
  before(() => rig.open());
  after(() => rig.close());
  afterEach(function () {
    return rig.reset(this.currentTest?.state === 'passed');
  });

  for (const [title, { calls, fault, says, next, by }] of Object.entries(cases)) {
    it(`${title}: status says it within a minute, no submission fails, and ${by} ends it within 30 seconds`, async () => {
      rig.inject(calls, fault);
      await rig.start();
      await rig.statusSays(says);
      assert.match(await home.command(0, 'status'), next);
      await rig.noneFailed();
      await rig.endBy(by);
      await rig.restIsCancelled();
    });
  }

  it('whose queue somebody disables: status says it with the next job, and the jobs that run go on', async () => {
    const [job] = await rig.startAndRun();
    assert.ok(job);
    rig.inject(['submitjob'], refuse(400, 'ClientException', 'JobQueue simulated-g4 is not in ENABLED state'));
    await rig.cancel(job);
    await rig.statusSays(
      /g4(: a platform fault ended .*)? since .*JobQueue simulated-g4 is not in ENABLED state.* → enable the queue/,
    );
    const { counts } = await home.progress();
    assert.deepEqual([counts.running, counts.failed], [1, 0]);
    await rig.endBy('abort');
    await rig.restIsCancelled();
  });
});
