import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../src/campaign/model/frozen-campaign.ts';
import type { RunnerError } from '../../../src/campaign/model/run-outcome.ts';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import { runObjects } from '../../../src/object-keys.ts';
import { loadSettings } from '../../../src/settings.ts';
import { checkWorker } from '../../../src/cloud-checks/check-worker.ts';
import { ActivityRig } from '../../activities/activity-rig.ts';
import { submissionOf } from '../../ledger/store-rig.ts';
import { RunnerRig, type StartedRunner } from '../../runner/runner-rig.ts';
import { eventually } from '../../support/eventually.ts';
import { setVariables } from '../../support/images/ecr-api.ts';
import { buildImage } from '../../support/images/oci-image.ts';
import { account, EcrRig, faults, pushImage, type RegistryRequest } from './ecr-rig.ts';
import { describeWithRegistry } from './password-registry.ts';

const isBlobGet = ({ method, path }: RegistryRequest): boolean => method === 'GET' && path.includes('/blobs/');
const denied = {
  error: 'AccessDeniedException',
  message: `User: arn:aws:sts::${account}:assumed-role/r/s is not authorized to perform: ecr:GetAuthorizationToken on resource: *`,
};

function assertNoSecrets(ecr: EcrRig, text: string): void {
  assert.ok(ecr.secrets.length > 0);
  for (const secret of ecr.secrets) assert.ok(!text.includes(secret), text);
}

describeWithRegistry('a worker with ECR', () => {
  const campaign = 'case';
  let ecr: EcrRig;
  let rig: ActivityRig;
  before(async () => {
    ecr = await EcrRig.start('eu-worker-1');
    rig = await ActivityRig.start(`docker://${ecr.host}/store`);
    const layout = buildImage(join(ecr.folder, 'layout'), 'team', { script: 'true' });
    const { reference, digest } = await pushImage(ecr, 'team', layout);
    const submissions = ['one', 'two', 'three', 'four'].map((name) => ({
      ...submissionOf('one', name),
      image: { kind: 'registry' as const, reference, digest },
    }));
    const manifest: Manifest = { version: 1, teams: [{ team: 'one', teamName: 'one', submissions }] };
    await rig.results.freezeRows(campaign, manifest);
    scanIs('COMPLETE', { HIGH: 3 });
  });
  after(async () => {
    await rig.stop();
    await ecr.stop();
  });

  const scanIs = (status: string, findingSeverityCounts: Record<string, number>): void =>
    ecr.api.answer('DescribeImageScanFindings', () => ({
      body: { imageScanStatus: { status }, imageScanFindings: { findingSeverityCounts } },
    }));

  /** Everything that Temporal keeps of all workflows, with its payloads as text. */
  async function histories(): Promise<string> {
    const texts: string[] = [];
    for await (const { workflowId, runId } of rig.client.workflow.list()) {
      const history = await rig.client.workflow.getHandle(workflowId, runId).fetchHistory();
      texts.push(JSON.stringify(history).replaceAll(/"data":"([^"]*)"/g, (_, data: string) => textOf(data)));
    }
    return texts.join('\n');
  }
  const textOf = (payload: string): string => Buffer.from(payload, 'base64').toString('utf8');

  it('fetches from ECR and stores in it across logins that expire, and reports the scan', async () => {
    const before = ecr.issued;
    ecr.when(isBlobGet, () => ecr.expire({ inWords: true }));
    const one = await rig.call('pullImage', { campaign, submission: 'one' });
    assert.equal(
      one.kind === 'pulled' && one.reference,
      `docker://${ecr.host}/store@${one.kind === 'pulled' && one.digest}`,
    );
    assert.equal(one.kind === 'pulled' && one.scan, '3 high');
    ecr.expire({ inWords: true });
    const two = await rig.call('pullImage', { campaign, submission: 'two' });
    assert.equal(two.kind, 'pulled');
    assert.equal(ecr.issued - before, 3);
  });

  it('without a token fails for the platform, and retries', async () => {
    ecr.expire({ inWords: true });
    ecr.api.answer('GetAuthorizationToken', () => denied);
    const failure = await rig.call('pullImage', { campaign, submission: 'three' }).catch((error: unknown) => error);
    const { cause } = (failure as Error).cause as Error & {
      cause: { type: string; nonRetryable: boolean; details: [string] };
    };
    assert.equal(cause.type, 'REGISTRY_LOGIN_FAILED');
    assert.match(cause.details[0], /^the worker’s log has the cause as x\w{6}$/);
    assert.ok(!cause.nonRetryable);
    ecr.api.answer('GetAuthorizationToken', () => ecr.issue());
    assert.equal((await rig.call('pullImage', { campaign, submission: 'three' })).kind, 'pulled');
  });

  it('without a token takes no tasks', async () => {
    const settings = loadSettings({ ...process.env, HOLDOUT_IMAGE_STORE: `docker://${ecr.host}/store` });
    await checkWorker(['images'], settings);
    ecr.api.answer('GetAuthorizationToken', () => denied);
    await assert.rejects(checkWorker(['images'], settings), { code: 'REGISTRY_LOGIN_FAILED' });
    await checkWorker(['main'], settings);
    ecr.api.answer('GetAuthorizationToken', () => ecr.issue());
  });

  it('leaves no login in Temporal, also after a refused copy', async () => {
    ecr.onRequest = ({ path }) => (path.includes('/team/blobs/') ? faults.forbidden : undefined);
    await assert.rejects(rig.call('pullImage', { campaign, submission: 'four' }));
    ecr.onRequest = () => undefined;
    const kept = await histories();
    assert.match(kept, /REGISTRY_LOGIN_FAILED/);
    assert.match(kept, /IMAGE_COPY_FAILED/);
    assert.match(kept, /"scan":"3 high"/);
    assertNoSecrets(ecr, kept);
  });
});

describeWithRegistry('a runner with ECR', () => {
  let ecr: EcrRig;
  let rig: RunnerRig;
  let restore: () => void;
  let image: RunSpec['image'];
  before(async () => {
    ecr = await EcrRig.start('eu-runner-1');
    const apiEndpoint = process.env['AWS_ENDPOINT_URL_ECR'];
    rig = await RunnerRig.start();
    restore = setVariables({ AWS_ENDPOINT_URL_ECR: apiEndpoint });
    const script = 'env; id; cat /proc/mounts; sleep 2; echo id,p >/output/predictions.csv';
    image = await pushImage(ecr, 'store', rig.image(script));
  });
  after(async () => {
    restore();
    await rig.stop();
    await ecr.stop();
  });

  const start = async (): Promise<StartedRunner> => {
    const { runKey } = await rig.putSpec(image);
    const api = { AWS_ENDPOINT_URL_ECR: process.env['AWS_ENDPOINT_URL_ECR'] };
    return rig.startRunner(runKey, undefined, { ...ecr.environment, ...api });
  };
  /** Every file of a run's folder that is small enough for a login. */
  function filesOf(jobId: string): { path: string; text: string }[] {
    const folder = join(rig.scratch, 'runs', jobId);
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile() && statSync(path).size < 1e5)
      .map((path) => ({ path, text: readFileSync(path, 'latin1') }));
  }

  it('without a token ends for the platform, in words', async () => {
    ecr.api.answer('GetAuthorizationToken', () => denied);
    const runner = await start();
    assert.equal(await runner.exitCode, 70);
    assert.match(
      runner.stderr(),
      /REGISTRY_LOGIN_FAILED: ECR in eu-runner-1 gives no login to .*ecr:GetAuthorizationToken/,
    );
    const trouble = await rig.store.readJson<RunnerError>(rig.s3.buckets.runs, runObjects.trouble(runner.runKey));
    assert.equal(trouble.code, 'REGISTRY_LOGIN_FAILED');
    ecr.api.answer('GetAuthorizationToken', () => ecr.issue());
  });

  it('pulls by digest with logins that expire, which are gone when the submission starts and never in its sight', async () => {
    const before = ecr.issued;
    ecr.when(isBlobGet, () => ecr.expire({ inWords: true }));
    const runner = await start();
    const names = [...rig.command.slice(1), 'ps', '--format={{.Names}}'];
    await eventually('the submission runs', () => {
      return execFileSync(rig.command[0], names, { encoding: 'utf8' }).includes(runner.jobId);
    });
    const files = filesOf(runner.jobId);
    assert.ok(files.length > 0);
    assert.deepEqual(
      files.filter(({ path }) => path.includes('registry-login')),
      [],
    );
    assertNoSecrets(ecr, files.map(({ text }) => text).join('\n'));
    const { outcome, log } = await rig.finished(runner);
    assert.equal(outcome.predictions.kind, 'collected');
    assert.equal(outcome.imageDigest, image.digest);
    assert.equal(ecr.issued - before, 2);
    assert.match(log, /overlay|fuse/);
    assertNoSecrets(ecr, [log, JSON.stringify(outcome), runner.stderr()].join('\n'));
    assert.deepEqual(rig.leftOvers(), []);
  });
});
