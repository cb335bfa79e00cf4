import {
  BatchClient,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isCgroupV2 } from '../../../src/local/cgroups.ts';
import { localDown } from '../../../src/local/commands/local-down.ts';
import type { Credentials } from '../../../src/local/stack/home/credentials.ts';
import type { Endpoints } from '../../../src/local/stack/parts/environment.ts';
import type { Stack } from '../../../src/local/stack/open-stack.ts';
import { stackStatus } from '../../../src/local/commands/local-status.ts';
import { eventually } from '../../support/eventually.ts';
import { container } from '../batch-endpoint/endpoint-rig.ts';
import { intrude } from './intrude.ts';
import { listenersOf } from './listeners.ts';
import { get, put, s3As, StackRig } from './stack-rig.ts';

const rig = new StackRig();
let stack: Stack;
let credentials: Credentials;
let jobOne: string;
let opener: ChildProcess | undefined;
const parts = ['temporal', 's3', 'batch', 'worker', 'scorer'];

const batch = (): BatchClient =>
  new BatchClient({ endpoint: stack.endpoints.batch, region: 'us-east-1', credentials: { ...credentials.batch } });

const registerDefinition = () =>
  batch().send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: 'stand-in',
      type: 'container',
      containerProperties: container,
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

const killedRunId = '00000000-0000-4000-8000-00000000dead';
const killedRun = join(rig.home, 'scratch', 'runs', killedRunId, 'output');

const cgroupOf = (jobId: string): string =>
  join(isCgroupV2() ? '/sys/fs/cgroup' : '/sys/fs/cgroup/pids', 'holdout', jobId);
const environmentOf = (jobId: string): string => join(rig.home, 'scratch', 'runs', jobId, 'environment.json');

describe('the embedded stack', () => {
  before(async () => {
    await rig.prepare();
    mkdirSync(killedRun, { recursive: true, mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', killedRun]);
    // The least that a terminal can ask for; the parts inherit it.
    const umask = process.umask(0);
    try {
      stack = await rig.open();
    } finally {
      process.umask(umask);
    }
    credentials = stackStatus(rig.home).credentials ?? assert.fail('there are credentials');
    await s3As(stack, credentials.root).send(put('labels', 'c/labels.csv', 'the-labels'));
  });

  after(async () => {
    await stack.close();
    rig.remove();
  });

  it('has removed at its start what a killed run had left', () => {
    assert.ok(rig.lines.includes('removed what 1 killed run had left'), rig.lines.join('\n'));
    assert.ok(!existsSync(killedRun));
    assert.ok(!readFileSync('/proc/mounts', 'utf8').includes(killedRunId));
  });

  it('makes all files readable only by their owner, whatever the umask of the terminal', () => {
    assert.deepEqual(rig.openToOthers(), []);
    assert.equal(statSync(rig.home).mode & 0o777, 0o700);
  });

  it('listens on loopback alone, with every socket of every process', async () => {
    const open = createServer().listen(0, '0.0.0.0');
    await once(open, 'listening');
    const { port } = open.address() as AddressInfo;
    const own = listenersOf([process.pid]).find((listener) => listener.port === port);
    open.close();
    assert.equal(own?.isLoopback, false, 'an open socket is seen');
    const listeners = listenersOf([...rig.pids(), process.pid]).filter((listener) => listener.port !== port);
    for (const [name, at] of Object.entries(stack.endpoints)) {
      const { port } = new URL(at.includes('://') ? at : `tcp://${at}`);
      assert.ok(
        listeners.some((listener) => listener.port === Number(port)),
        `${name} listens on ${port}: ${JSON.stringify(listeners)}`,
      );
    }
    assert.deepEqual(
      listeners.filter(({ isLoopback }) => !isLoopback),
      [],
    );
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
    await s3As(stack, credentials.scorer).send(get('labels', 'c/labels.csv'));
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
      // As on AWS; a runner here gets no variables of a definition.
      'a definition with NODE_OPTIONS': '200',
    });
    let jobId: string | undefined;
    await eventually('the job in the list', async () => {
      const waiting = await batch().send(new ListJobsCommand({ jobQueue: 'q', jobStatus: 'RUNNABLE' }));
      jobId = waiting.jobSummaryList?.[0]?.jobId;
      return jobId !== undefined;
    });
    await batch().send(new TerminateJobCommand({ jobId, reason: 'a test' }));
  });

  it('leaves no process, mount or control group after an orderly end, also with a running job', async () => {
    // The engine's own mount came with the sweep.
    assert.equal(rig.mounts().filter((mount) => !mount.includes('/containers/')).length, 1);
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
    await s3As(stack, credentials.scorer).send(get('labels', 'c/labels.csv'));
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
