import {
  BatchClient,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { HoldoutError, type ErrorCode } from '../../../src/errors.ts';
import { taskQueues, type TaskQueueName } from '../../../src/ids.ts';
import { isCgroupV2 } from '../../../src/local/cgroups.ts';
import { localDown } from '../../../src/local/commands/local.ts';
import type { Credential, Credentials } from '../../../src/local/stack/home/credentials.ts';
import { enterEnvironment, type Endpoints } from '../../../src/local/stack/parts/environment.ts';
import { withTemporal } from '../../../src/local/stack/parts/health.ts';
import type { Stack } from '../../../src/local/stack/open-stack.ts';
import { stackStatus } from '../../../src/local/stack/status.ts';
import { loadSettings } from '../../../src/settings.ts';
import { checkNamespace, checkSurroundings } from '../../../src/worker/check-surroundings.ts';
import { eventually } from '../../support/eventually.ts';
import { intrude } from './intrude.ts';
import { StackRig } from './stack-rig.ts';

const rig = new StackRig();
let stack: Stack;
let credentials: Credentials;
let jobOne: string;
let opener: ChildProcess | undefined;
const parts = ['temporal', 's3', 'batch', 'worker', 'scorer'];

const s3As = ({ accessKeyId, secretAccessKey }: Credential): S3Client =>
  new S3Client({
    endpoint: stack.endpoints.s3,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });

const put = (Bucket: string, Key: string) => new PutObjectCommand({ Bucket: `holdout-${Bucket}`, Key, Body: 'x' });
const get = (Bucket: string, Key: string) => new GetObjectCommand({ Bucket: `holdout-${Bucket}`, Key });
const list = (Bucket: string) => new ListObjectsV2Command({ Bucket: `holdout-${Bucket}` });
const refused = { name: 'AccessDenied' };

const batch = (): BatchClient =>
  new BatchClient({ endpoint: stack.endpoints.batch, region: 'us-east-1', credentials: { ...credentials.batch } });

const registerDefinition = () =>
  batch().send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'stand-in',
      type: 'container',
      containerProperties: { image: 'runner' },
    }),
  );

async function submitJob(jobName: string): Promise<string> {
  await registerDefinition();
  const { jobId = '' } = await batch().send(
    new SubmitJobCommand({ jobName, jobQueue: 'q', jobDefinition: 'stand-in' }),
  );
  await eventually('the runner runs', () => existsSync(environmentOf(jobId)));
  return jobId;
}

const cgroupOf = (jobId: string): string =>
  join(isCgroupV2() ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids', 'holdout', jobId);
const environmentOf = (jobId: string): string => join(rig.home, 'scratch', 'runs', jobId, 'environment.json');

describe('the embedded stack', () => {
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
    assert.equal((await fetch(stack.endpoints.ui)).status, 200);
  });

  it('lets only the scorer read labels', async () => {
    await s3As(credentials.root).send(put('labels', 'c/labels.csv'));
    await s3As(credentials.scorer).send(get('labels', 'c/labels.csv'));
    for (const account of [credentials.worker, credentials.runner]) {
      for (const command of [get('labels', 'c/labels.csv'), put('labels', 'c/labels.csv')]) {
        await assert.rejects(s3As(account).send(command), refused);
      }
      await assert.rejects(s3As(account).send(list('labels')), refused);
    }
    await assert.rejects(s3As(credentials.scorer).send(put('labels', 'c/labels.csv')), refused);
    await assert.rejects(
      s3As({ ...credentials.scorer, secretAccessKey: 'guessed' }).send(get('labels', 'c/labels.csv')),
    );
  });

  it('lets the runner read inputs and its orders and add to runs, nothing else', async () => {
    await s3As(credentials.root).send(put('inputs', 'testset/a'));
    await s3As(credentials.worker).send(put('runs', 'c/s/1/spec.json'));
    const runner = s3As(credentials.runner);
    await runner.send(get('inputs', 'testset/a'));
    await runner.send(get('runs', 'c/s/1/spec.json'));
    await runner.send(put('runs', 'c/s/1/claim'));
    await runner.send(get('runs', 'c/s/1/claim'));
    await runner.send(put('runs', 'c/s/1/predictions.csv'));
    await assert.rejects(runner.send(get('runs', 'c/s/2/claim')), { name: 'NoSuchKey' });
    await assert.rejects(runner.send(get('runs', 'c/s/1/predictions.csv')), refused);
    await assert.rejects(runner.send(put('inputs', 'testset/a')), refused);
    for (const bucket of ['results', 'images']) {
      await assert.rejects(runner.send(put(bucket, 'x')), refused);
      await assert.rejects(runner.send(list(bucket)), refused);
    }
  });

  it('lets the scorer write scores, not the ledger', async () => {
    await s3As(credentials.scorer).send(put('results', 'c/scores/s/1.json'));
    await assert.rejects(s3As(credentials.scorer).send(put('results', 'c/ledger/s/1.json')), refused);
    await s3As(credentials.worker).send(put('results', 'c/ledger/s/1.json'));
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
    assert.equal(worker.env['TEMPORAL_ADDRESS'], stack.endpoints.temporal);
    assert.equal(worker.env['AWS_ENDPOINT_URL_BATCH'], stack.endpoints.batch);
    assert.equal(worker.env['HOLDOUT_IMAGE_STORE'], `oci:${rig.short.images}`);
    for (const { env } of [worker, scorer]) {
      assert.ok(!Object.values(env).includes('ambient'));
      assert.equal(env['NODE_OPTIONS'], undefined);
    }
  });

  it('makes all files readable only by their owner, whatever the umask of the terminal', () => {
    assert.deepEqual(rig.openToOthers(), []);
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
      const checked = checkSurroundings(queues, loadSettings());
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
      await refusal('WORKER_UNREADY', /lacks an AWS region/, { AWS_REGION: undefined, AWS_PROFILE: undefined }, all);
      await refusal('WORKER_UNREADY', /lacks AWS credentials/, noKeys, ['main']);
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
      await refusal('BUCKET_UNUSABLE', /the key/, { AWS_SECRET_ACCESS_KEY: 'guessed' }, ['main']);
      // With its key, each process has every setting; a worker without the images queue needs no image store.
      Object.assign(process.env, stack.environment, worker);
      await checkSurroundings(['main', 'images', 'submit', 'await'], settings);
      await checkSurroundings(['main'], { ...settings, imageStore: '' });
    } finally {
      process.env = ambient;
    }
    await withTemporal(stack.endpoints.temporal, async (connection) => {
      const client = new Client({ connection });
      await checkNamespace(client, rig.namespace);
      await assert.rejects(checkNamespace(client, 'holdout-other'), { code: 'TEMPORAL_NAMESPACE_MISSING' });
    });
  });

  it('lets a second start attach and adds its queues to the running endpoint', async () => {
    const before = rig.pidOf('batch');
    const second = await rig.open({ queues: [{ name: 'q2', slots: 3 }] });
    assert.equal(second.attached, true);
    assert.deepEqual(second.endpoints, stack.endpoints);
    await second.close();
    await eventually('the endpoint runs with the new queue', () => rig.pidOf('batch') !== before);
    await eventually('it is up again', () => rig.lines.includes('batch is up again'));
    const { queues } = JSON.parse(readFileSync(join(rig.home, 'batch', 'start-up.json'), 'utf8')) as {
      queues: object[];
    };
    assert.deepEqual(queues, [
      { name: 'q', slots: 1 },
      { name: 'q2', slots: 3 },
    ]);
  });

  it('restarts a killed part and reports it', async () => {
    for (const name of ['s3', 'worker']) {
      const pid = rig.pidOf(name);
      process.kill(pid, 'SIGKILL');
      await eventually(`${name} is up again`, () => rig.lines.includes(`${name} is up again`));
      assert.notEqual(rig.pidOf(name), pid);
      assert.match(rig.lines.join('\n'), new RegExp(`${name} exited \\(.*${name}\\.log\\); restarting it in 1 s`));
    }
    await s3As(credentials.scorer).send(get('labels', 'c/labels.csv'));
  });

  it('runs jobs with the runner’s key and no other variable of the stack', async () => {
    const jobId = await submitJob('job-one');
    jobOne = jobId;
    const env = JSON.parse(readFileSync(environmentOf(jobId), 'utf8')) as Record<string, string>;
    assert.equal(env['AWS_ACCESS_KEY_ID'], credentials.runner.accessKeyId);
    assert.equal(env['HOLDOUT_SCRATCH'], rig.short.scratch);
    assert.match(env['HOLDOUT_ENGINE'] ?? '', /"name":"(podman|docker)"/);
    const text = JSON.stringify(env);
    for (const account of [credentials.root, credentials.worker, credentials.scorer]) {
      assert.ok(!text.includes(account.secretAccessKey) && !text.includes(account.accessKeyId));
    }
    assert.ok(!Object.keys(env).some((name) => name.startsWith('TEMPORAL_')));
    assert.equal(stackStatus(rig.home).runningJobs, 1);
  });

  it('gives another user of the machine no access to labels, keys, history or jobs', async () => {
    await s3As(credentials.root).send(
      new PutObjectCommand({ Bucket: 'holdout-labels', Key: 'c/labels.csv', Body: 'the-labels' }),
    );
    const secrets = ['the-labels', ...Object.values(credentials).map(({ secretAccessKey }) => secretAccessKey)];
    const { accessKeyId } = credentials.batch;
    const guessed = { accessKeyId, secretAccessKey: 'guessed' };
    const stranger = await intrude(rig, stack, { uid: 65_534, credential: guessed });
    for (const secret of secrets) assert.ok(!stranger.text.includes(secret), 'a secret was read');
    assert.ok(!stranger.text.includes('SQLite format'));
    assert.deepEqual(stranger.results, {
      'a job': '403 InvalidSignatureException',
      'a job with NODE_OPTIONS': '403 InvalidSignatureException',
      'a definition with NODE_OPTIONS': '403 InvalidSignatureException',
      'a job without a signature': '403',
      'the labels without a signature': '403',
    });
    // The owner, with the key, reads all of it with the same program; but even with the key it cannot run its own code.
    const owner = await intrude(rig, stack, { uid: 0, credential: credentials.batch });
    for (const secret of secrets) assert.ok(owner.text.includes(secret), 'the search works');
    assert.ok(owner.text.includes('SQLite format'));
    assert.deepEqual(owner.results, {
      ...stranger.results,
      'a job': '200',
      'a job with NODE_OPTIONS': '400 ClientException',
      'a definition with NODE_OPTIONS': '400 ClientException',
    });
    const waiting = await batch().send(new ListJobsCommand({ jobQueue: 'q', jobStatus: 'RUNNABLE' }));
    const jobId = waiting.jobSummaryList?.[0]?.jobId;
    await batch().send(new TerminateJobCommand({ jobId, reason: 'a test' }));
  });

  it('leaves no process, mount or control group after an orderly end, also with a running job', async () => {
    assert.equal(rig.mounts().length, 1);
    assert.ok(existsSync(cgroupOf(jobOne)));
    await stack.close();
    assert.deepEqual(rig.processes(), []);
    assert.deepEqual(rig.mounts(), []);
    assert.ok(!existsSync(rig.short.folder));
    assert.ok(!existsSync(cgroupOf(jobOne)));
    assert.equal(stackStatus(rig.home).state, 'down');
  });

  it('opened again keeps its ports, keys and objects; closes files that others could read, and reports it', async () => {
    const before: Endpoints = stack.endpoints;
    execFileSync('chmod', ['-R', 'a+rX', rig.home]);
    assert.ok(rig.openToOthers().length > 20);
    stack = await rig.open();
    assert.deepEqual(rig.openToOthers(), []);
    assert.equal(statSync(rig.home).mode & 0o777, 0o700);
    assert.match(rig.lines.join('\n'), /home was open to other users: it and \d+ files inside are now yours alone/);
    assert.deepEqual(stack.endpoints, before);
    assert.deepEqual(stackStatus(rig.home).credentials, credentials);
    await s3As(credentials.scorer).send(get('labels', 'c/labels.csv'));
  });

  it('is handed over, while it runs, to another process that uses it', async () => {
    opener = spawn(process.execPath, ['--import=tsx', 'test/local/stack/stack-opener.ts', rig.home, rig.programs], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { stdout, pid } = opener;
    assert.ok(stdout);
    await once(stdout, 'data');
    const pids = parts.map((name) => rig.pidOf(name));
    assert.deepEqual(stack.others(), [pid]);
    await stack.close();
    await eventually('the other one keeps it up', () => {
      const status = stackStatus(rig.home);
      return status.pid === pid && status.state === 'up';
    });
    assert.deepEqual(
      parts.map((name) => rig.pidOf(name)),
      pids,
    );
    assert.ok(rig.lines.includes(`process ${pid} still uses the stack, so it stays up`));
  });

  it('is taken over, running and with its jobs, when its opener was killed; a part of an older build restarts', async () => {
    assert.ok(opener);
    opener.kill('SIGKILL');
    await once(opener, 'exit');
    const kept = parts.slice(0, 3);
    const pids = kept.map((name) => rig.pidOf(name));
    const worker = rig.pidOf('worker');
    assert.equal(stackStatus(rig.home).state, 'down');
    await submitJob('job-two');
    rig.rebuildWorker();
    stack = await rig.open();
    assert.equal(stack.attached, false);
    assert.deepEqual(
      kept.map((name) => rig.pidOf(name)),
      pids,
    );
    assert.notEqual(rig.pidOf('worker'), worker);
    assert.equal(stackStatus(rig.home).runningJobs, 1);
    await stack.close({ jobs: 'leave' });
    assert.equal(stackStatus(rig.home).runningJobs, 1);
  });

  it('stopped by hand ends also parts whose supervisor is gone', async () => {
    assert.equal(stackStatus(rig.home).pid, null, 'otherwise this would kill the test process');
    process.env['HOLDOUT_HOME'] = rig.home;
    const lines: string[] = [];
    assert.equal(await localDown((line) => void lines.push(line)), 0);
    assert.deepEqual(rig.processes(), []);
    assert.match(lines.join(), /the stack in .* is stopped/);
    // A second call finds nothing and changes nothing.
    assert.equal(await localDown((line) => void lines.push(line)), 0);
    assert.ok(!existsSync(rig.short.folder));
    delete process.env['HOLDOUT_HOME'];
  });
});
