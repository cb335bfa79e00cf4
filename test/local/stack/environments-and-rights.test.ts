import { DeleteObjectCommand, GetObjectLockConfigurationCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { HoldoutError, type ErrorCode } from '../../../src/errors.ts';
import { taskQueues, type TaskQueueName } from '../../../src/ids.ts';
import type { Credentials } from '../../../src/local/stack/home/credentials.ts';
import { enterEnvironment } from '../../../src/local/stack/parts/environment.ts';
import { withTemporal } from '../../../src/local/stack/parts/health.ts';
import type { Stack } from '../../../src/local/stack/open-stack.ts';
import { stackStatus } from '../../../src/local/commands/local-status.ts';
import { loadSettings } from '../../../src/settings.ts';
import { checkWorker } from '../../../src/cloud-checks/check-worker.ts';
import { checkNamespace } from '../../../src/cloud-checks/namespace.ts';
import { get, put, s3As, StackRig } from './stack-rig.ts';

const list = (Bucket: string) => new ListObjectsV2Command({ Bucket: `holdout-${Bucket}` });
const refused = { name: 'AccessDenied' };

describe('the processes of an embedded stack', () => {
  const rig = new StackRig();
  let stack: Stack;
  let credentials: Credentials;

  before(async () => {
    await rig.prepare();
    process.env['AWS_PROFILE'] = 'ambient';
    process.env['TEMPORAL_API_KEY'] = 'ambient';
    stack = await rig.open();
    credentials = stackStatus(rig.home).credentials ?? assert.fail('there are credentials');
  });

  after(async () => {
    delete process.env['AWS_PROFILE'];
    delete process.env['TEMPORAL_API_KEY'];
    await stack.close();
    rig.remove();
  });

  it('keeps finished workflows 60 days and knows the search attributes', async () => {
    const { config, attributes } = await withTemporal(stack.endpoints.temporal, async (connection) => {
      const namespace = await connection.workflowService.describeNamespace({ namespace: rig.namespace });
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: rig.namespace });
      return { config: namespace.config, attributes: Object.keys(customAttributes) };
    });
    assert.equal(Number(config?.workflowExecutionRetentionTtl?.seconds), 60 * 24 * 3600);
    for (const name of ['Campaign', 'Team', 'Stage', 'Class', 'Outcome', 'Runs', 'CostUsd']) {
      assert.ok(attributes.includes(`Holdout${name}`), name);
    }
    assert.equal((await fetch(stack.endpoints.ui)).status, 401);
    assert.equal((await fetch(stack.endpoints.uiLink, { redirect: 'manual' })).status, 303);
  });

  it('lets only the scorer read labels', async () => {
    await s3As(stack, credentials.root).send(put('labels', 'c/labels.csv'));
    await s3As(stack, credentials.scorer).send(get('labels', 'c/labels.csv'));
    for (const account of [credentials.worker, credentials.runner]) {
      for (const command of [get('labels', 'c/labels.csv'), put('labels', 'c/labels.csv')]) {
        await assert.rejects(s3As(stack, account).send(command), refused);
      }
      await assert.rejects(s3As(stack, account).send(list('labels')), refused);
    }
    const scorer = s3As(stack, credentials.scorer);
    await assert.rejects(scorer.send(put('labels', 'c/labels.csv')), refused);
    for (const bucket of ['labels', 'inputs', 'runs']) await scorer.send(list(bucket));
    await assert.rejects(scorer.send(list('images')), refused, 'the scorer needs no images');
    await assert.rejects(
      s3As(stack, { ...credentials.scorer, secretAccessKey: 'guessed' }).send(get('labels', 'c/labels.csv')),
    );
  });

  it('lets the runner read inputs and its spec, and add to runs, nothing else', async () => {
    await s3As(stack, credentials.root).send(put('inputs', 'testset/a'));
    await s3As(stack, credentials.worker).send(put('runs', 'c/s/1/spec.json'));
    const runner = s3As(stack, credentials.runner);
    await runner.send(get('inputs', 'testset/a'));
    await runner.send(get('runs', 'c/s/1/spec.json'));
    await runner.send(put('runs', 'c/s/1/claim'));
    await runner.send(get('runs', 'c/s/1/claim'));
    await runner.send(put('runs', 'c/s/1/predictions.csv'));
    await assert.rejects(runner.send(get('runs', 'c/s/2/claim')), { name: 'NoSuchKey' });
    await assert.rejects(runner.send(get('runs', 'c/s/1/predictions.csv')), refused);
    await assert.rejects(runner.send(put('inputs', 'testset/a')), refused);
    for (const bucket of ['results', 'images']) await assert.rejects(runner.send(put(bucket, 'x')), refused);
    for (const bucket of ['inputs', 'runs', 'results', 'images']) {
      await assert.rejects(runner.send(list(bucket)), refused, bucket);
    }
  });

  it('lets the scorer write scores, not the ledger', async () => {
    await s3As(stack, credentials.scorer).send(put('results', 'c/scores/s/1.json'));
    await assert.rejects(s3As(stack, credentials.scorer).send(put('results', 'c/ledger/s/1.json')), refused);
    await s3As(stack, credentials.worker).send(put('results', 'c/ledger/s/1.json'));
  });

  it('lets nobody replace or remove a record, not even with the root key', async () => {
    const locked = { ...refused, message: /object lock/ };
    const { root, worker, scorer, runner } = credentials;
    await s3As(stack, worker).send(put('results', 'c/acts/1.json'));
    for (const [account, bucket, key] of [
      [runner, 'runs', 'c/s/1/claim'],
      [runner, 'runs', 'c/s/1/predictions.csv'],
      [worker, 'runs', 'c/s/1/spec.json'],
      [worker, 'results', 'c/ledger/s/1.json'],
      [worker, 'results', 'c/acts/1.json'],
      [scorer, 'results', 'c/scores/s/1.json'],
      [root, 'results', 'c/ledger/s/1.json'],
      [root, 'runs', 'c/s/1/claim'],
    ] as const) {
      await assert.rejects(s3As(stack, account).send(put(bucket, key)), locked, `${bucket}/${key}`);
    }
    const removal = new DeleteObjectCommand({ Bucket: 'holdout-results', Key: 'c/acts/1.json' });
    await assert.rejects(s3As(stack, worker).send(removal), refused);
    const until = new Date(Date.now() + 1_000);
    const shortly = put('runs', 'c/s/2/claim');
    Object.assign(shortly.input, { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: until });
    await assert.rejects(s3As(stack, runner).send(shortly), refused, 'no retention of its own');
  });

  it('locks objects for longer than any campaign lasts', async () => {
    for (const Bucket of ['holdout-runs', 'holdout-results']) {
      const found = await s3As(stack, credentials.root).send(new GetObjectLockConfigurationCommand({ Bucket }));
      const { Mode, Years = 0 } = found.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
      assert.ok(Mode === 'GOVERNANCE' && Years >= 10, `${Bucket}: ${Mode}, ${Years} years`);
    }
  });

  it('lets the worker replace what it published, and nobody else', async () => {
    for (const file of ['leaderboard.csv', 'results.json', 'heads.json']) {
      for (const _ of [1, 2]) await s3As(stack, credentials.worker).send(put('results', `c/${file}`));
      await assert.rejects(s3As(stack, credentials.root).send(put('results', `c/${file}`)), refused, file);
      const object = { Bucket: 'holdout-results', Key: `c/${file}` };
      const removal = new DeleteObjectCommand({ ...object, BypassGovernanceRetention: true });
      await assert.rejects(s3As(stack, credentials.worker).send(removal), refused, `${file} is replaced, not removed`);
    }
    for (const _ of [1, 2]) await s3As(stack, credentials.root).send(put('results', 'c/manifest.json'));
    await assert.rejects(s3As(stack, credentials.worker).send(put('results', 'c/manifest.json')), refused);
  });

  it('gives worker and scorer their own keys and nothing from the terminal’s environment', () => {
    const worker = rig.seenBy('worker');
    const scorer = rig.seenBy('scorer');
    assert.deepEqual(worker.args, ['--queues', 'main,images,submit,await']);
    assert.deepEqual(scorer.args, ['--queues', 'score']);
    assert.equal(worker.env['AWS_ACCESS_KEY_ID'], credentials.worker.accessKeyId);
    assert.equal(scorer.env['AWS_ACCESS_KEY_ID'], credentials.scorer.accessKeyId);
    assert.match(rig.namespace, /^holdout-[0-9a-f]{12}$/);
    assert.equal(worker.env['TEMPORAL_NAMESPACE'], rig.namespace);
    assert.deepEqual(
      [worker.env['HOLDOUT_SEAL_KEYS'], scorer.env['HOLDOUT_SEAL_KEYS']],
      [undefined, join(rig.home, 'seal-keys')],
    );
    assert.equal(worker.env['TEMPORAL_ADDRESS'], stack.endpoints.temporal);
    assert.equal(worker.env['AWS_ENDPOINT_URL_BATCH'], stack.endpoints.batch);
    const ofBatch = [worker, scorer].map(({ env }) => env['HOLDOUT_BATCH_ACCESS_KEY_ID']);
    assert.deepEqual(ofBatch, [credentials.batch.accessKeyId, undefined]);
    assert.equal(worker.env['HOLDOUT_IMAGE_STORE'], `oci:${rig.short.images}`);
    for (const { env } of [worker, scorer]) {
      assert.ok(!Object.values(env).includes('ambient'));
      assert.equal(env['NODE_OPTIONS'], undefined);
    }
  });

  it('replaces the terminal’s AWS variables with the root key for the command line', () => {
    const env: NodeJS.ProcessEnv = { AWS_SESSION_TOKEN: 'ambient', TEMPORAL_TLS: 'true', EDITOR: 'vi' };
    enterEnvironment(stack.environment, env);
    assert.equal(env['AWS_ACCESS_KEY_ID'], credentials.root.accessKeyId);
    assert.equal(env['AWS_SESSION_TOKEN'], undefined);
    assert.equal(env['TEMPORAL_TLS'], undefined);
    assert.equal(env['EDITOR'], 'vi');
  });

  it('stops a worker without a required setting before it polls, and names the setting in one sentence', async () => {
    const settings = loadSettings(stack.environment);
    const ambient = process.env;
    const refusal = async (code: ErrorCode, says: RegExp, changes: NodeJS.ProcessEnv, queues: TaskQueueName[]) => {
      process.env = { ...ambient, AWS_EC2_METADATA_DISABLED: 'true' };
      enterEnvironment(stack.environment);
      Object.assign(process.env, changes);
      for (const [name, value] of Object.entries(changes)) if (value === undefined) delete process.env[name];
      const checked = checkWorker(queues, loadSettings());
      await assert.rejects(checked, (error: unknown) => {
        assert.ok(error instanceof HoldoutError, String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, says);
        return true;
      });
    };
    const all = Object.keys(taskQueues) as TaskQueueName[];
    const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    try {
      await refusal(
        'AWS_REGION_MISSING',
        /^No AWS region is set; this worker takes no tasks\. Who acts: the operator\.$/,
        { AWS_REGION: undefined, AWS_PROFILE: undefined },
        all,
      );
      await refusal('AWS_CREDENTIALS_MISSING', /^No AWS credentials were found/, noKeys, ['main']);
      await refusal('WORKER_UNREADY', /an image store for the queue images/, { HOLDOUT_IMAGE_STORE: '' }, all);
      await refusal('S3_UNREACHABLE', /at http:\/\/127.0.0.1:1 /, { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }, [
        'submit',
      ]);
      await refusal('BUCKET_UNUSABLE', /other-holdout-runs does not exist/, { HOLDOUT_BUCKET_PREFIX: 'other-' }, [
        'await',
      ]);
      const worker = {
        AWS_ACCESS_KEY_ID: credentials.worker.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.worker.secretAccessKey,
      };
      await refusal('BUCKET_UNUSABLE', /holdout-labels denies access to the key holdout-worker-/, worker, ['score']);
      const bucket = join(rig.home, 's3', 'holdout-results');
      renameSync(bucket, `${bucket}.away`);
      for (const queue of all) await refusal('BUCKET_UNUSABLE', /holdout-results does not exist/, {}, [queue]);
      renameSync(`${bucket}.away`, bucket);
      const withoutBatch = { HOLDOUT_STACK: 'remote', AWS_ENDPOINT_URL_BATCH: 'http://127.0.0.1:1' };
      for (const queue of ['main', 'submit', 'await'] as const) {
        await refusal('AWS_CALL_FAILED', /batch:DescribeJobQueues/, withoutBatch, [queue]);
      }
      await refusal('AWS_KEY_REFUSED', /does not fit its secret/, { AWS_SECRET_ACCESS_KEY: 'guessed' }, ['main']);
      // With its key, each process has every setting; a worker without the images queue needs no image store.
      Object.assign(process.env, stack.environment, worker);
      await checkWorker(['main', 'images', 'submit', 'await'], settings);
      await checkWorker(['main'], { ...settings, imageStore: '' });
    } finally {
      process.env = ambient;
    }
    await withTemporal(stack.endpoints.temporal, async (connection) => {
      const client = new Client({ connection, namespace: rig.namespace });
      await checkNamespace(client);
      const other = new Client({ connection, namespace: 'holdout-other' });
      await assert.rejects(checkNamespace(other), { code: 'TEMPORAL_NAMESPACE_MISSING' });
    });
  });
});
