import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { programsWithWorkerIn } from '../../support/campaigns/programs-with-batch-at.ts';
import { SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { EcrRig } from './ecr-rig.ts';
import { describeWithRegistry } from './password-registry.ts';

describeWithRegistry('a campaign whose host refuses images by the scan of ECR', function () {
  this.timeout(240_000);
  const teams = [1, 1, 1];
  const home = new SimulatedHome({ teams, slots: { g4: 2, p3: 1 }, budgetUsd: 500, unprobed: true });
  let ecr: EcrRig;
  let programs = '';
  before(async () => {
    ecr = await EcrRig.start('eu-scan-1');
    programs = programsWithWorkerIn({
      ...ecr.environment,
      AWS_ENDPOINT_URL_ECR: process.env['AWS_ENDPOINT_URL_ECR'] ?? '',
      HOLDOUT_IMAGE_STORE: `docker://${ecr.host}/store`,
      HOLDOUT_IMAGE_SCAN: 'refuse-critical',
    });
    await home.open({}, { programs });
  });
  after(async () => {
    await home.remove();
    await ecr.stop();
    if (programs !== '') rmSync(programs, { recursive: true });
  });

  const scanFinds = (findingSeverityCounts: Record<string, number>): void =>
    ecr.api.answer('DescribeImageScanFindings', () => ({
      body: { imageScanStatus: { status: 'COMPLETE' }, imageScanFindings: { findingSeverityCounts } },
    }));
  const why =
    "the host refuses images with critical vulnerabilities (HOLDOUT_IMAGE_SCAN), and ECR's scan found 2 critical, 3 high; no run was started";

  it('ends its submissions as the host’s decision, without a job, at no cost', async () => {
    scanFinds({ CRITICAL: 2, HIGH: 3 });
    await home.begin();
    await home.command(3, 'watch');
    const { submissions, costMicroUsd } = await home.results();
    assert.equal(submissions.length, teams.length);
    for (const { state, reason, fault, detail, runs } of submissions) {
      assert.deepEqual([state, reason, fault, detail, runs], ['cancelled', 'cancelled', 'operator', why, []]);
    }
    assert.deepEqual([await home.allJobs(), costMicroUsd], [[], 0]);
  });

  it('says in status how many, and in show why and who acts', async () => {
    const status = await home.command(0, 'status');
    assert.match(status, /cancelled: 3 \(operator\)/);
    const shown = (await home.command(0, 'show', 's0-0')).replaceAll(/\n {13}/g, ' ');
    assert.ok(shown.includes(why), shown);
    assert.match(shown, /An operator or a rule of the host ended it\./);
    assert.match(shown, /The host can run it again: retry\./);
  });

  it('evaluates them after a retry, once the scan finds nothing critical', async () => {
    scanFinds({ HIGH: 3 });
    await home.command(0, 'retry', '--reason', 'cancelled', '--yes');
    await home.command(0, 'watch');
    const { submissions } = await home.results();
    assert.deepEqual(
      submissions.map(({ state, runs }) => [state, runs.length]),
      teams.map(() => ['finished', 1]),
    );
  });
});
