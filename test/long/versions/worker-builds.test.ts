import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unpolledBy } from '../../../src/cloud-checks/pollers.ts';
import { campaignWorkflowId } from '../../../src/ids.ts';
import { projectRoot } from '../../../src/local/project-root.ts';
import { resultObjects } from '../../../src/object-keys.ts';
import { bucketsOf } from '../../../src/settings.ts';
import { endless, quick, SimulatedHome } from '../../support/campaigns/simulated-home.ts';
import { eventually } from '../../support/eventually.ts';
import { buildOf } from '../../support/servers/deployments.ts';
import { temporalLine } from '../../support/servers/temporal-command.ts';

describe('workers with build ids beside those of a stack', function () {
  this.timeout(300_000);
  const home = new SimulatedHome({ teams: [1, 1, 1], slots: { g4: 3, p3: 1 }, budgetUsd: 1_000, unprobed: true });
  const workers: ChildProcess[] = [];
  before(async () => {
    await home.open({ 's0-0': endless, 's1-0': endless, 's2-0': { end: 'error' } });
    await home.begin();
    await home.until('two run, one has failed', ({ counts }) => counts.running === 2 && counts.failed === 1);
  });
  after(async () => {
    for (const worker of workers) await stop(worker);
    await home.remove();
  });

  const workerProgram = join(projectRoot(), 'dist', 'worker.mjs');
  /** The environment of the stack's own worker. */
  const environment = (): Record<string, string> =>
    Object.fromEntries(
      readFileSync(`/proc/${home.pidOf('worker')}/environ`, 'utf8')
        .split('\0')
        .filter((line) => line.includes('='))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );

  async function start(build: string): Promise<ChildProcess> {
    const ready = join(home.folder, `${build}.ready`);
    const worker = spawn(process.execPath, [workerProgram, '--queues', 'main', '--build', build], {
      env: { ...environment(), HOLDOUT_READY_FILE: ready },
      stdio: 'ignore',
    });
    workers.push(worker);
    await eventually(`the worker ${build} polls`, () => existsSync(ready));
    return worker;
  }

  async function stop(worker: ChildProcess): Promise<void> {
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    worker.kill('SIGTERM');
    await once(worker, 'exit');
  }

  const isOf = (build: string, workflowId: string) => (): Promise<boolean> =>
    buildOf(home.temporal, workflowId).then((found) => found === build);

  const page = readFileSync(join(projectRoot(), 'docs', 'operations', 'upgrades.md'), 'utf8');
  /** Runs the one line of the page that begins and ends so. */
  async function asThePageSays(begin: string, end: string): Promise<string> {
    const lines = page.split('\n').map((line) => line.trim());
    const found = lines.filter((line) => line.startsWith(begin) && line.endsWith(end));
    assert.equal(found.length, 1, `${begin} … ${end}`);
    assert.ok(home.stack);
    return temporalLine(home.stack, found.join('').replace('CAMPAIGN:SUBMISSION', 'steered:s2-0'));
  }
  /** Temporal knows a worker some time after it polls. */
  const makeCurrent = (build: string): Promise<void> =>
    eventually(`${build} is the current build`, () =>
      asThePageSays('temporal worker deployment set-current-version', ` ${build}`).then(() => true),
    );

  it('take over a campaign that began without a build, hand it to the next build, and take it back', async () => {
    const first = await start('week-1');
    assert.equal(await buildOf(home.temporal, 'campaign:steered'), undefined);
    await makeCurrent('week-1');
    await eventually('the campaign moves', isOf('week-1', 'campaign:steered'));
    const second = await start('week-2');
    await makeCurrent('week-2');
    await eventually('the campaign moves again', isOf('week-2', 'campaign:steered'));
    assert.deepEqual(await unpolledBy(home.temporal), []);
    await home.behaveNow({ 's2-0': endless });
    await home.command(0, 'retry', '--submission', 's2-0', '--yes');
    await eventually('a new round begins with the current build', isOf('week-2', 'submission:steered:s2-0'));

    await makeCurrent('week-1');
    await eventually('the campaign returns', isOf('week-1', 'campaign:steered'));
    const running = await asThePageSays('temporal workflow count', `ExecutionStatus = 'Running'"`);
    assert.match(running, /^Total: [1-9]/);
    assert.equal(await buildOf(home.temporal, 'submission:steered:s2-0'), 'week-2');
    await asThePageSays('temporal workflow update-options', 'auto_upgrade');
    await home.behaveNow({ 's0-0': quick, 's1-0': quick, 's2-0': { end: 'error' } });
    await home.until('all have ended', ({ counts }) => counts.finished === 2 && counts.failed === 1);
    await eventually('it has moved', isOf('week-1', 'submission:steered:s2-0'));
    await home.command(0, 'check');
    await Promise.all([stop(first), stop(second)]);
  });

  it('are refused in one sentence if their build has no proper name', () => {
    const { status, stderr } = spawnSync(process.execPath, [workerProgram, '--build', 'week 2'], {
      env: environment(),
      encoding: 'utf8',
    });
    assert.equal(status, 2);
    assert.match(stderr, /^holdout: --build is "week 2"\.\n {2}→ Set it to a name of at most 63 letters/);
  });

  it('take no tasks beside a campaign that a newer Holdout has frozen', async () => {
    assert.ok(home.stack);
    const { environment: env, endpoints } = home.stack;
    const s3 = new S3Client({
      endpoint: endpoints.s3,
      region: env['AWS_REGION'] ?? '',
      forcePathStyle: true,
      credentials: {
        accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    });
    const Bucket = bucketsOf({ bucketPrefix: '' }).results;
    const Body = JSON.stringify({ version: 99, campaign: 'newer' });
    await s3.send(new PutObjectCommand({ Bucket, Key: resultObjects.campaign('newer'), Body, IfNoneMatch: '*' }));
    s3.destroy();
    const newer = await home.temporal.workflow.start('campaign', {
      workflowId: campaignWorkflowId('newer'),
      taskQueue: 'of-newer-workers',
    });
    try {
      const isListed = async () =>
        (await home.temporal.workflow.count(`WorkflowId = '${newer.workflowId}'`)).count === 1;
      await eventually('it is listed', isListed);
      const ready = join(home.folder, 'older.ready');
      const { status, stderr } = spawnSync(process.execPath, [workerProgram, '--queues', 'main'], {
        env: { ...environment(), HOLDOUT_READY_FILE: ready },
        encoding: 'utf8',
      });
      assert.deepEqual([status, existsSync(ready)], [1, false], stderr);
      assert.match(stderr, /^holdout: .*newer.* 99.*\n {2}→ [^\n]+\n$/);
    } finally {
      await newer.terminate();
    }
  });
});
