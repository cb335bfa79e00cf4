import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCause } from '../../src/batch/run-cause.ts';
import { runnerExit, type RunnerError } from '../../src/campaign/model/run-outcome.ts';
import { eventually } from '../support/eventually.ts';
import { type RequestCounter, countRequests } from '../support/servers/request-counter.ts';
import { ownerAccount } from '../support/servers/s3-server.ts';
import { RunnerRig, type StartedRunner } from './runner-rig.ts';
import { runObjects } from '../../src/object-keys.ts';

describe('the life cycle of a runner', () => {
  let rig: RunnerRig;
  before(async () => {
    rig = await RunnerRig.start();
  });
  after(() => rig.stop());
  afterEach(() => assert.deepEqual(rig.leftOvers(), []));

  const runs = (): string => rig.s3.buckets.runs;
  const startLong = async (): Promise<StartedRunner> => {
    const { runKey } = await rig.putSpec(rig.image('echo begun; sleep 600'));
    return rig.startRunner(runKey);
  };
  const isRunning = ({ jobId }: StartedRunner): boolean => {
    const list = [...rig.command.slice(1), 'ps', '--quiet', '--filter', `name=ho-${jobId}`];
    return spawnSync(rig.command[0], list, { encoding: 'utf8' }).stdout.trim() !== '';
  };

  it('SIGTERM ends the container and leaves an outcome', async () => {
    const runner = await startLong();
    await eventually('the container runs', () => isRunning(runner));
    runner.process.kill('SIGTERM');
    const { outcome, log } = await rig.finished(runner);
    assert.deepEqual(outcome.end, { kind: 'stopped' });
    assert.ok(outcome.startedAt !== null && outcome.seconds > 0 && outcome.seconds < 30);
    assert.equal(log, 'begun\n');
  });

  it('SIGTERM before the container has started also leaves an outcome', async () => {
    const runner = await startLong();
    const claimed = async (): Promise<boolean> =>
      (await rig.store.find(runs(), runObjects.claim(runner.runKey))) !== undefined;
    await eventually('the run is claimed', claimed, { everyMs: 5 });
    runner.process.kill('SIGTERM');
    const { outcome } = await rig.finished(runner);
    assert.deepEqual(outcome.end, { kind: 'stopped' });
  });

  it('of two runners for one run, one runs it and the other exits with 64 and leaves nothing', async () => {
    const { runKey } = await rig.putSpec(rig.image('echo once; sleep 1'));
    const both = [rig.startRunner(runKey), rig.startRunner(runKey)];
    const exits = await Promise.all(both.map(({ exitCode }) => exitCode));
    assert.deepEqual(new Set(exits), new Set([runnerExit.done, runnerExit.duplicate]));
    const winner = both[exits.indexOf(runnerExit.done)];
    assert.ok(winner !== undefined);
    const { outcome, log } = await rig.finished(winner);
    assert.deepEqual([outcome.jobId, log], [winner.jobId, 'once\n']);
    assert.equal((await rig.store.read(runs(), runObjects.claim(runKey))).toString(), winner.jobId);
  });

  it('an abandoned run is never started, but a claim by the job itself is no obstacle', async () => {
    for (const [claim, expected] of [
      ['abandoned', runnerExit.duplicate],
      ['own-job', runnerExit.done],
    ] as const) {
      const { runKey } = await rig.putSpec(rig.image('echo once; sleep 1'));
      await rig.store.write(runs(), runObjects.claim(runKey), claim);
      assert.equal(await rig.startRunner(runKey, 'own-job').exitCode, expected);
    }
  });

  it('a killed runner’s container, mounts, loop device, group and folder are reaped', async () => {
    const { runKey } = await rig.putSpec(rig.image('sleep 600'), {
      instanceClass: { gpu: 'emulated', gpuMemoryMiB: 8 },
      rootFilesystem: 'writable',
    });
    const runner = rig.startRunner(runKey);
    await eventually('the container runs', () => isRunning(runner));
    runner.process.kill('SIGKILL');
    assert.equal(await runner.exitCode, null);
    assert.ok(isRunning(runner), 'the container continues without its runner');
    const kinds = [/^ho-/, /ext4/, /tmpfs/, /^\/dev\/loop/, /cgroup/, /runs\/[^/]+$/];
    for (const kind of kinds)
      assert.ok(
        rig.leftOvers().some((line) => kind.test(line)),
        String(kind),
      );
    rig.reap(runner.jobId);
    assert.deepEqual(rig.leftOvers(), []);
    rig.reap(runner.jobId);
  });

  it('an outage of S3 at the end does not lose a finished run', async () => {
    const { runKey } = await rig.putSpec(rig.image('echo x > /output/predictions.csv; sleep 2'));
    const runner = rig.startRunner(runKey);
    await eventually('the container runs', () => isRunning(runner));
    await rig.s3.halt();
    await eventually('the container has ended', () => !isRunning(runner));
    await eventually('only the folder is left', () => rig.leftOvers().every((line) => line.startsWith(rig.scratch)));
    assert.equal(runner.process.exitCode, null);
    await rig.s3.resume();
    const { outcome } = await rig.finished(runner);
    assert.equal(outcome.predictions.kind, 'collected');
  });

  it('runners that start together share one download and one image', async () => {
    const proxy: RequestCounter = await countRequests(rig.s3.endpoint);
    const names = Array.from({ length: 40 }, (_, number) => `${number}.txt`);
    const inputs = await rig.putInputs(Object.fromEntries(names.map((name) => [name, `content of ${name}`])));
    const image = rig.image('cat /input/*.txt | wc -c; ls /input | wc -l # together');
    const specs = await Promise.all([1, 2, 3].map(() => rig.putSpec(image, { inputs })));
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
    const started = specs.map(({ runKey }) => rig.startRunner(runKey, undefined, env));
    const finished = await Promise.all(started.map((runner) => rig.finished(runner)));
    const bytes = names.reduce((sum, name) => sum + `content of ${name}`.length, 0);
    for (const { log } of finished) assert.equal(log, `${bytes}\n40\n`);
    assert.equal(proxy.count('GET', `/${rig.s3.buckets.inputs}/`), 41);
    proxy.close();
  });

  it('writes every object once and only to the owner’s buckets, as the policies of the buckets demand', async () => {
    const proxy: RequestCounter = await countRequests(rig.s3.endpoint);
    const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint, HOLDOUT_BUCKET_OWNER: ownerAccount };
    const good = await rig.putSpec(rig.image('cat /input/*.txt > /output/predictions.csv; echo written once'));
    await rig.finished(rig.startRunner(good.runKey, undefined, env));
    const missing = { ...good.image, digest: `sha256:${'0'.repeat(64)}` };
    const { runKey } = await rig.putSpec(missing);
    assert.equal(await rig.startRunner(runKey, undefined, env).exitCode, runnerExit.error);
    proxy.close();
    const written = proxy.seen.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
    const keys = written.map(({ path }) => path.slice(`/${runs()}/`.length).replace(/\?.*/, ''));
    const { claim, log, predictions, outcome, trouble } = runObjects;
    const wanted = [claim, log, predictions, outcome].map((key) => key(good.runKey));
    assert.deepEqual(keys, [...wanted, claim(runKey), trouble(runKey)]);
    assert.deepEqual(
      written.filter(({ headers }) => headers['if-none-match'] !== '*'),
      [],
    );
    assert.deepEqual(
      proxy.seen.filter(({ headers }) => headers['x-amz-expected-bucket-owner'] !== ownerAccount),
      [],
    );
  });

  it('inputs in sub-folders are staged in the same folders, read-only', async () => {
    const inputs = await rig.putInputs({ 'a.txt': 'alpha', 'sub/b.txt': 'beta', 'sub/deep er/c.txt': 'gamma' });
    const { log } = await rig.run(
      'cd /input; find . -type f | sort | while read f; do cat "$f"; done; touch sub/x 2> /dev/null || echo no',
      {
        inputs,
      },
    );
    assert.match(log, /^alphabetagammano\n/);
  });

  it('staged inputs that were damaged are staged again', async () => {
    const inputs = await rig.putInputs({ 'a.txt': 'alpha' });
    await rig.run('cat /input/a.txt', { inputs });
    const staged = join(rig.scratch, 'inputs', inputs.digest, 'files/a.txt');
    chmodSync(staged, 0o644);
    writeFileSync(staged, 'ALPHA');
    const { log } = await rig.run('cat /input/a.txt', { inputs });
    assert.deepEqual([log, readFileSync(staged, 'utf8')], ['alpha', 'alpha']);
  });

  const expectError = async (runner: StartedRunner, line: RegExp): Promise<void> => {
    assert.equal(await runner.exitCode, runnerExit.error);
    assert.match(runner.stderr(), line);
    assert.equal(runner.stderr().trim().split('\n').length, 1);
    const { runKey, jobId } = runner;
    assert.equal(await rig.store.find(runs(), runObjects.outcome(runKey)), undefined);
    const error = await rig.store.readJson<RunnerError>(runs(), runObjects.trouble(runKey));
    assert.deepEqual([error.version, error.jobId], [1, jobId]);
    assert.match(`${error.code} ${error.message}`, line);
    const cause = runCause({ runKey, outcome: undefined, runnerError: error, job: undefined });
    assert.ok(cause.startsWith(`${error.code}: `) && !cause.includes(runKey), cause);
  };

  it('inputs that differ from the frozen ones are an error', async () => {
    const inputs = await rig.putInputs({ 'a.txt': 'alpha', 'b.txt': 'not yet staged' });
    await rig.store.write(inputs.files.bucket, `${inputs.files.prefix}b.txt`, 'gamma');
    const { runKey } = await rig.putSpec(rig.image('true'), { inputs });
    await expectError(rig.startRunner(runKey), /INPUTS_DAMAGED.*files\/b\.txt/);
  });

  it('an index that is not the frozen one is an error, even if it fits the files', async () => {
    const inputs = await rig.putInputs({ 'a.txt': 'alpha', 'c.txt': 'exchanged with its index' });
    const { digest } = await rig.putInputs({ 'a.txt': 'alpha', 'c.txt': 'frozen' });
    const { runKey } = await rig.putSpec(rig.image('true'), { inputs: { ...inputs, digest } });
    await expectError(rig.startRunner(runKey), /INPUTS_DAMAGED.*index\.json/);
  });

  it('an index whose names lead elsewhere is an error', async () => {
    const { runKey } = await rig.putSpec(rig.image('true'), { inputs: await rig.putInputs({ '../../escaped': 'x' }) });
    await expectError(rig.startRunner(runKey), /INPUTS_DAMAGED.*escaped/);
  });

  it('an image that is not the pinned one is an error', async () => {
    const { digest } = rig.image('echo pinned');
    const { reference } = rig.image('echo another');
    const { runKey } = await rig.putSpec({ reference, digest });
    await expectError(rig.startRunner(runKey), /IMAGE_DIFFERS/);
  });

  it('a run without a spec is an error', async () => {
    await expectError(rig.startRunner('c/nobody/1'), /OBJECT_MISSING.*c\/nobody\/1\/spec\.json/);
  });
});
