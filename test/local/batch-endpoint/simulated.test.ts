/** The simulated Batch endpoint through the unchanged AWS client, with a real S3 server. */
import { TerminateJobCommand, type JobDetail, type SubmitJobCommandInput } from '@aws-sdk/client-batch';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileOf } from '../../../src/campaign/evaluation/resource-profile.ts';
import type { RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import type { RunSpec } from '../../../src/campaign/model/run-spec.ts';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { abandonedClaim } from '../../../src/ids.ts';
import { ObjectStore } from '../../../src/s3/object-store.ts';
import { scorePredictions } from '../../../src/scoring/score-predictions.ts';
import { frozenCampaign } from '../../support/campaigns/frozen-campaign.ts';
import { ownerAccount, startS3Server, type S3Server } from '../../support/servers/s3-server.ts';
import { eventually, Rig, spawnEndpoint } from './endpoint-rig.ts';
import { runObjects } from '../../../src/object-keys.ts';

/** One second per hour of a job. */
const timeScale = 3_600;
const inputs = ['a,b.jpg', 'c.jpg', 'd "e".jpg', 'f.jpg'];
const [g4, p3] = frozenCampaign().instanceClasses;

const population = {
  others: {
    usesGpu: true,
    gpuMemoryMiB: 40,
    hostMemoryMiB: 100,
    startUpSeconds: 120,
    secondsPerItem: 60,
    cpuSecondsPerItem: 600,
    spread: 0,
    end: 'predictions',
  },
  submissions: {
    large: { gpuMemoryMiB: 56 },
    slow: { secondsPerItem: 1e9 },
    hour: { secondsPerItem: 870 },
    'two-hours': { secondsPerItem: 1_770 },
    faulty: { end: 'faulty-predictions' },
    hungry: { hostMemoryMiB: 257 },
    troubled: { end: 'runner-trouble' },
    hung: { end: 'runner-hangs' },
  },
  classes: { g4: {}, p3: { gpuSpeed: 2 }, spot: { lossesPerHour: 1e6 } },
  predictions: { id: 'filename', value: 'label' },
};

describe('the simulated Batch endpoint', () => {
  let s3: S3Server;
  let store: ObjectStore;
  let rig: Rig;
  let runs: string;
  let n = 0;
  before(async () => {
    s3 = await startS3Server();
    runs = s3.buckets.runs;
    store = new ObjectStore(
      { s3PathStyle: true },
      {
        endpoint: s3.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: ownerAccount, secretAccessKey: 'test-secret' },
      },
    );
    await store.write(
      s3.buckets.inputs,
      'case/testset/0/index.json',
      JSON.stringify({ files: inputs.map((name) => ({ name, bytes: 1, sha256: '0' })) }),
    );
    rig = simulatedRig(s3.environment);
    await rig.start();
    await rig.register();
  });
  after(async () => {
    await rig.remove();
    await s3.stop();
  });

  const specOf = (runKey: string, className: string, wallClockSeconds: number): RunSpec => {
    const { testSet, limits, predictions } = frozenCampaign();
    const on = className === 'p3' ? p3 : g4;
    return {
      version: 1,
      runKey,
      purpose: 'evaluation',
      image: { reference: 'oci:/images:x', digest: 'sha256:0' },
      inputs: { ...testSet, items: inputs.length },
      instanceClass: { name: className, gpu: 'emulated', gpuMemoryMiB: on?.gpuMemoryMiB ?? 0, vcpus: 1 },
      limits: { ...limits, wallClockSeconds },
      predictions,
    };
  };
  /** Writes the spec of a new run and submits a job for it. */
  const submit = async (
    submission: string,
    {
      on = 'g4',
      wallClockSeconds = 7_200,
      ...rest
    }: { on?: string; wallClockSeconds?: number } & Partial<SubmitJobCommandInput> = {},
  ): Promise<{ runKey: string; jobId: string }> => {
    const runKey = `case/${submission}/${(n += 1)}`;
    await store.write(runs, runObjects.spec(runKey), JSON.stringify(specOf(runKey, on, wallClockSeconds)));
    return { runKey, jobId: await submitAgain(runKey, rest) };
  };
  const submitAgain = (runKey: string, rest: Partial<SubmitJobCommandInput> = {}): Promise<string> =>
    rig.submit('', { ...rest, containerOverrides: { environment: [{ name: 'HOLDOUT_RUN_KEY', value: runKey }] } });
  const ended = (jobId: string): Promise<JobDetail> => rig.reach(jobId, 'SUCCEEDED', 'FAILED');
  const outcomeOf = (runKey: string): Promise<RunOutcome> => store.readJson(runs, runObjects.outcome(runKey));
  const hasOutcome = async (runKey: string): Promise<boolean> =>
    (await store.size(runs, runObjects.outcome(runKey))) !== undefined;
  const reasonOf = async (runKey: string): Promise<string> => verdictOf(await outcomeOf(runKey)).reason ?? 'succeeded';
  const exitCode = ({ attempts }: JobDetail): number | undefined => attempts?.[0]?.container?.exitCode;
  /** The seconds that Batch would bill. */
  const lasted = ({ startedAt = NaN, stoppedAt = NaN }: JobDetail): number => (stoppedAt - startedAt) / 1_000;
  const scored = async (runKey: string) => {
    const { predictions: format, metric } = frozenCampaign();
    const labels = `filename,label\n${inputs.map((name) => `"${name.replaceAll('"', '""')}",1`).join('\n')}\n`;
    const predictions = await store.stream(runs, runObjects.predictions(runKey));
    return scorePredictions({ predictions, labels: Buffer.from(labels), format, metric });
  };

  it('ends a run with valid predictions after the time that the population says', async () => {
    const submitted = Date.now();
    const { runKey, jobId } = await submit('alpha');
    const job = await ended(jobId);
    assert.equal(job.status, 'SUCCEEDED');
    assert.equal(exitCode(job), 0);
    assert.equal(job.statusReason, 'Essential container in task exited');
    assert.ok(job.startedAt !== undefined && submitted <= job.startedAt && job.startedAt <= Date.now());
    assert.ok(lasted(job) >= 360 && lasted(job) < 365, `${lasted(job)} s`);

    assert.equal((await store.read(runs, runObjects.claim(runKey))).toString(), jobId);
    const outcome = await outcomeOf(runKey);
    assert.equal(outcome.jobId, jobId);
    assert.equal(outcome.seconds, 360);
    assert.equal(await reasonOf(runKey), 'succeeded');
    assert.ok(g4);
    assert.equal(profileOf(outcome, inputs.length, g4)?.gpuMemoryMiB, 40);
    const { sha256, bytes } = await store.digest(runs, runObjects.predictions(runKey));
    const key = runObjects.predictions(runKey);
    assert.deepEqual(outcome.predictions, { kind: 'collected', key, bytes, sha256 });
    const result = await scored(runKey);
    assert.ok(result.kind === 'scored' && result.items === inputs.length && result.score > 0);
  });

  it('runs out of GPU memory on a small device and not on the larger one, which is also faster', async () => {
    const [small, large] = [await submit('large'), await submit('large', { on: 'p3' })];
    assert.equal((await ended(small.jobId)).status, 'SUCCEEDED');
    assert.equal(await reasonOf(small.runKey), 'gpu-out-of-memory');
    assert.equal((await ended(large.jobId)).status, 'SUCCEEDED');
    assert.equal(await reasonOf(large.runKey), 'succeeded');
    assert.equal((await outcomeOf(large.runKey)).seconds, 240);
  });

  it('enforces the wall-clock limit, and simulates memory limits and faulty files', async () => {
    const [slow, hungry, faulty] = [await submit('slow'), await submit('hungry'), await submit('faulty')];
    const job = await ended(slow.jobId);
    assert.equal(await reasonOf(slow.runKey), 'time-limit');
    assert.ok(lasted(job) >= 7_200 && lasted(job) < 7_205, `${lasted(job)} s`);
    await ended(hungry.jobId);
    assert.equal(await reasonOf(hungry.runKey), 'host-out-of-memory');
    await ended(faulty.jobId);
    const result = await scored(faulty.runKey);
    assert.deepEqual(result.kind === 'invalid' && result.count, 1);
  });

  it('lets only one of two jobs claim a run; the other exits with 64', async () => {
    const first = await submit('hour');
    await rig.reach(first.jobId, 'RUNNING');
    await eventually('the claim', async () => await store.find(runs, runObjects.claim(first.runKey)));
    const second = await ended(await submitAgain(first.runKey));
    assert.equal(exitCode(second), 64);
    assert.equal((await rig.describe(first.jobId)).status, 'RUNNING');
    assert.equal((await ended(first.jobId)).status, 'SUCCEEDED');
    assert.equal((await outcomeOf(first.runKey)).jobId, first.jobId);

    const abandoned = `case/alpha/${(n += 1)}`;
    await store.write(runs, runObjects.spec(abandoned), JSON.stringify(specOf(abandoned, 'g4', 60)));
    await store.write(runs, runObjects.claim(abandoned), abandonedClaim);
    assert.equal(exitCode(await ended(await submitAgain(abandoned))), 64);
    assert.equal(await hasOutcome(abandoned), false);
  });

  it('stops at TerminateJob with an outcome, billed for the time it ran', async () => {
    const { runKey, jobId } = await submit('slow', { wallClockSeconds: 86_400 });
    await rig.reach(jobId, 'RUNNING');
    await eventually('the claim', async () => await store.find(runs, runObjects.claim(runKey)));
    const requestedAt = Date.now();
    await rig.client.send(new TerminateJobCommand({ jobId, reason: 'Holdout: cancelled' }));
    const job = await ended(jobId);
    assert.equal(job.status, 'FAILED');
    assert.equal(job.statusReason, 'Holdout: cancelled');
    assert.equal(job.isTerminated, true);
    const outcome = await outcomeOf(runKey);
    assert.deepEqual(outcome.end, { kind: 'stopped' });
    const asLong = ((requestedAt - (job.startedAt ?? NaN)) / 1_000) * timeScale;
    assert.ok(
      outcome.seconds >= asLong - 1 && outcome.seconds < 86_400,
      `${outcome.seconds} s, asked after ${asLong} s`,
    );
    assert.ok(Math.abs(lasted(job) - outcome.seconds) < 5);
  });

  it('loses Spot hosts without an outcome, with AWS’s reason', async () => {
    const { runKey, jobId } = await submit('hour', { on: 'spot' });
    const job = await ended(jobId);
    assert.equal(job.status, 'FAILED');
    assert.match(job.statusReason ?? '', /^Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.$/);
    assert.equal(exitCode(job), undefined);
    assert.equal((await store.read(runs, runObjects.claim(runKey))).toString(), jobId);
    assert.equal(await hasOutcome(runKey), false);
  });

  it('exits with 70 when the runner fails, or the run has no spec or an unknown class', async () => {
    const { runKey, jobId } = await submit('troubled');
    assert.equal(exitCode(await ended(jobId)), 70);
    assert.equal(await hasOutcome(runKey), false);
    assert.equal(exitCode(await ended(await submitAgain('case/nobody/1'))), 70);
    assert.equal(exitCode(await ended((await submit('alpha', { on: 'p4d' })).jobId)), 70);
    assert.equal(exitCode(await ended(await rig.submit(''))), 70);
  });

  it('continues after kill -9 as if nothing had happened', async () => {
    // Batch's time limit passes on the clock while the endpoint is down, but not for the job.
    const timeout = { attemptDurationSeconds: 7_260 };
    const [during, after] = [
      await submit('two-hours', { timeout }),
      await submit('slow', { wallClockSeconds: 4 * timeScale }),
    ];
    const queued = await submit('alpha', { jobQueue: 'narrow' });
    const next = await submit('alpha', { jobQueue: 'narrow' });
    await eventually('the claim', async () => await store.find(runs, runObjects.claim(during.runKey)));
    const begun = await rig.reach(during.jobId, 'RUNNING');
    await rig.reach(after.jobId, 'RUNNING');
    await rig.stop('SIGKILL');
    assert.equal(await hasOutcome(during.runKey), false);
    await eventually('the end of the job’s time', () =>
      Date.now() > (begun.startedAt ?? 0) + 2_300 ? true : undefined,
    );
    await rig.start();

    const job = await ended(during.jobId);
    assert.equal(job.status, 'SUCCEEDED');
    assert.equal(job.startedAt, begun.startedAt);
    assert.ok(lasted(job) >= 7_200 && lasted(job) < 7_205, `${lasted(job)} s`);
    assert.equal((await outcomeOf(during.runKey)).jobId, during.jobId);
    const later = await ended(after.jobId);
    assert.ok(Date.now() >= (begun.startedAt ?? 0) + 4_000);
    assert.ok(lasted(later) >= 4 * timeScale && lasted(later) < 4 * timeScale + 5, `${lasted(later)} s`);
    assert.deepEqual((await outcomeOf(after.runKey)).end, { kind: 'time-limit' });
    for (const { jobId } of [queued, next]) assert.equal((await ended(jobId)).status, 'SUCCEEDED');
  });

  it('stops a job whose SIGTERM was sent just before kill -9', async () => {
    const { runKey, jobId } = await submit('slow', { wallClockSeconds: 86_400 });
    await eventually('the claim', async () => await store.find(runs, runObjects.claim(runKey)));
    await s3.halt();
    await rig.client.send(new TerminateJobCommand({ jobId, reason: 'Holdout: cancelled' }));
    await rig.stop('SIGKILL');
    await s3.resume();
    await rig.start();
    const job = await ended(jobId);
    assert.equal(job.statusReason, 'Holdout: cancelled');
    assert.equal(exitCode(job), 0);
    assert.deepEqual((await outcomeOf(runKey)).end, { kind: 'stopped' });
  });

  it('ends a hanging runner by Batch’s time limit, counted in the job’s time, and the grace', async () => {
    await rig.stop();
    writeFileSync(rig.file, JSON.stringify({ ...rig.startUp, killGraceSeconds: 0.5 }));
    await rig.start();
    const { runKey, jobId } = await submit('hung', { timeout: { attemptDurationSeconds: 1_800 } });
    const job = await ended(jobId);
    assert.equal(job.statusReason, 'Job attempt duration exceeded timeout');
    assert.equal(exitCode(job), 137);
    assert.ok(lasted(job) >= 1_800 && lasted(job) < 1_800 + 5 * timeScale, `${lasted(job)} s`);
    assert.equal(await hasOutcome(runKey), false);
  });
});

describe('the start-up file of a simulated Batch endpoint', () => {
  const s3 = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1', AWS_REGION: 'us-east-1' };
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test-secret' };
  const rigs: Rig[] = [];
  after(() => Promise.all(rigs.map((rig) => rig.remove())));

  /** The error message of an endpoint that cannot start; `startUp` and `people` change its configuration. */
  const refusal = async (startUp: object, people: object = {}): Promise<string> => {
    const rig = simulatedRig({ ...s3, ...keys });
    rigs.push(rig);
    writeFileSync(rig.file, JSON.stringify({ ...rig.startUp, ...startUp }));
    writeFileSync(join(rig.folder, 'population.json'), JSON.stringify({ ...population, ...people }));
    const started = spawnEndpoint(rig.file);
    await once(started.child, 'close');
    return started.stderr();
  };

  it('has either commands or a simulation', async () => {
    const choice = /the file: must have either runner and reap, or simulation instead/;
    assert.match(await refusal({ simulation: undefined }), choice);
    assert.match(await refusal({ reap: ['true'] }), choice);
    assert.match(await refusal({ simulation: undefined, runner: ['true'] }), choice);
    assert.match(
      await refusal({ simulation: { population: 'p', timeScale: 0.5, seed: 1 } }),
      /simulation\.timeScale: /,
    );
  });

  it('has its own S3 keys; the ambient ones are never used', async () => {
    assert.match(await refusal({ environment: keys }), /AWS_ENDPOINT_URL_S3/);
    assert.match(await refusal({ environment: s3 }), /AWS_ACCESS_KEY_ID/);
  });

  it('names a population whose errors are reported', async () => {
    const { spread: _, ...others } = population.others;
    const message = await refusal({}, { others, submissions: { a: { end: 'well' } } });
    for (const named of [/population\.json cannot be used/, /others\.spread: /, /submissions\.a\.end: /]) {
      assert.match(message, named);
    }
  });
});

/** A simulated endpoint over the population above. */
function simulatedRig(environment: Record<string, string>): Rig {
  const rig = new Rig({
    queues: [
      { name: 'gpu', slots: 4 },
      { name: 'narrow', slots: 1 },
    ],
    runner: undefined,
    reap: undefined,
    environment,
  });
  const file = join(rig.folder, 'population.json');
  writeFileSync(file, JSON.stringify(population));
  rig.startUp.simulation = { population: file, timeScale, seed: 1 };
  writeFileSync(rig.file, JSON.stringify(rig.startUp));
  return rig;
}
