import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually.ts';
import { jobOperations, refuse, TroubleRig } from './trouble-rig.ts';

describe('the end of a campaign on a Batch that does not end jobs', function () {
  this.timeout(240_000);
  const rig = new TroubleRig();
  const { home } = rig;
  before(() => rig.open());
  after(() => rig.close());
  afterEach(function () {
    return rig.reset(this.currentTest?.state === 'passed');
  });

  /** Of the submissions whose job could not be ended. */
  const leftBehind = async (): Promise<string[]> =>
    (await home.results()).submissions.flatMap(({ detail }) => detail ?? []);

  for (const command of ['abort', 'cancel'] as const) {
    it(`does not respond: ${command} leaves the jobs behind, and the worker ends them once it does`, async () => {
      await rig.startAndRun();
      rig.inject(jobOperations, { kind: 'hang' });
      await rig.endBy(command);
      const [left] = await leftBehind();
      assert.match(left ?? '', /may still be running: Batch does not respond/);
      const { stdout } = await home.run('status', home.campaign);
      assert.match(
        stdout,
        /jobs that could not be ended; .*\n {2}s\d-0: job \S+ may still be running: Batch does not respond/,
      );
      rig.proxy.reset();
      await eventually('the jobs end', async () => (await home.activeJobs()).length === 0, { withinMs: 120_000 });
      await rig.restIsCancelled();
    });

    it(`refuses to end them: ${command} leaves them behind, names them and counts their worst case`, async () => {
      await rig.startAndRun();
      rig.inject(
        ['terminatejob', 'terminatejobs'],
        refuse(403, 'AccessDeniedException', 'User: w is not authorized to perform: x'),
      );
      await rig.endBy(command);
      const [left] = await leftBehind();
      assert.match(left ?? '', /may still be running: Batch refuses to end it: AccessDeniedException/);
      await rig.restIsCancelled();
      rig.proxy.reset();
      await eventually('the jobs end', async () => (await home.activeJobs()).length === 0, { withinMs: 120_000 });
    });
  }
});
