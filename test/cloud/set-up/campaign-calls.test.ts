import assert from 'node:assert/strict';
import { eventually } from '../../support/eventually.ts';
import { describeWithRegistry } from '../ecr/password-registry.ts';
import { itWithPython } from '../python.ts';
import { CampaignRig } from './campaign-rig.ts';

/** Calls that a dry run prints and that this campaign does not make, and why. */
const notMade: Record<string, string> = {
  'status batch:DescribeJobs': 'no job waits at the head of its queue for a minute',
  'worker batch:TerminateJobs': 'one run is ended, not several',
  'runner s3:CreateMultipartUpload': 'the predictions are smaller than 64 MiB',
  'runner s3:UploadPart': 'the predictions are smaller than 64 MiB',
  'runner s3:CompleteMultipartUpload': 'the predictions are smaller than 64 MiB',
};

const programs = ['start', 'status', 'worker', 'runner', 'scorer'];

/** What skopeo and podman do at the registry, which does not tell whose they are. */
const atRegistry =
  /^ecr:(BatchGetImage|BatchCheckLayerAvailability|GetDownloadUrlForLayer|PutImage|(Initiate|Complete)LayerUpload|UploadLayerPart)$/;

describeWithRegistry('the AWS calls of a campaign', function () {
  this.timeout(600_000);
  let rig: CampaignRig | undefined;
  after(() => rig?.close());

  itWithPython('are those that its dry run prints, from the start to the publication', async () => {
    rig = await CampaignRig.open();
    const { setUp, calls } = rig;
    await rig.startWorker('worker', 'main,images,submit,await');
    await rig.startWorker('scorer', 'score');
    const file = await rig.campaign();
    const dry = await rig.holdout(['start', file, '--dry-run']);
    assert.equal(dry.status, 0, dry.said);
    const printed = new Set(
      [...dry.printed.matchAll(/^(\w+) +(\w+:\w+) {2,}/gm)].map(([, by, call]) => `${by} ${call}`),
    );

    const started = rig.holdout(['start', file, '--yes'], 'start');
    const isThere = async (key: RegExp): Promise<boolean> => (await setUp.objects()).some((one) => key.test(one));
    const patience = { withinMs: 300_000, everyMs: 1_000 };
    await eventually('the endless run begins', () => isThere(/holdout-runs\/observed\/hangs-1\/1\/claim$/), patience);
    const status = await rig.holdout(['status', 'observed'], 'status');
    assert.equal(status.status, 0, status.said);
    // It finds a sealed campaign, which the first one did not.
    await rig.startWorker('scorer', 'score');
    const cancelled = await rig.holdout(['cancel', 'observed', '--submission', 'hangs-1', '--why', 'test', '--yes']);
    assert.equal(cancelled.status, 0, cancelled.said);
    const ended = await started;
    // A cancelled submission needs a decision.
    assert.equal(ended.status, 3, ended.said + ended.printed);
    const { printed: shown } = await rig.holdout(['show', 'observed', 'hangs-1']);
    assert.match(shown, /cancelled/);
    assert.ok(await isThere(/holdout-results\/observed\/scores\/predicts-1\//), 'the other submission is scored');
    assert.ok(await isThere(/holdout-results\/observed\/leaderboard\.csv$/), 'the results are published');

    const seen = new Set(
      programs.flatMap((by) => [...calls.operationsOf(by)].map((call) => `${by} ${call}`.toLowerCase())),
    );
    const seenAtRegistry = rig.registryActions();
    const isPrinted = (call: string): boolean => [...printed].some((one) => one.toLowerCase() === call);
    assert.deepEqual([...seen].filter((call) => !isPrinted(call)).sort(), [], 'made, but not printed');
    const isPrintedAtAll = (call: string): boolean => [...printed].some((one) => one.endsWith(` ${call}`));
    assert.deepEqual(
      [...seenAtRegistry].filter((call) => !isPrintedAtAll(call)),
      [],
      'made at the registry, not printed',
    );
    const isMade = (one: string): boolean => {
      const [, call = ''] = one.split(' ');
      return seen.has(one.toLowerCase()) || (atRegistry.test(call) && seenAtRegistry.has(call));
    };
    const unmade = [...printed].filter((one) => !isMade(one)).sort();
    assert.deepEqual(unmade, Object.keys(notMade).sort(), `${unmade.join(', ')}\n${shown}`);
  });
});
