/** The API accepts no time limit under a minute, as on AWS, so these tests use the engine directly. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Arns } from '../../../../src/local/batch-endpoint/jobs/arns.ts';
import { JobDefinitions } from '../../../../src/local/batch-endpoint/jobs/job-definitions.ts';
import { JobEngine } from '../../../../src/local/batch-endpoint/jobs/job-engine.ts';
import { JobFolder } from '../../../../src/local/batch-endpoint/jobs/job-folder.ts';
import type { ShownJob } from '../../../../src/local/batch-endpoint/jobs/job-record.ts';
import { stateOfProcess } from '../../../../src/local/batch-endpoint/executors/job-process.ts';
import { JobStore } from '../../../../src/local/batch-endpoint/jobs/job-store.ts';
import { ProcessExecutor } from '../../../../src/local/batch-endpoint/executors/process-executor.ts';
import { DiskRoom } from '../../../../src/local/batch-endpoint/jobs/disk-room.ts';
import { LastAlive } from '../../../../src/local/batch-endpoint/jobs/last-alive.ts';
import { eventually } from '../endpoint-rig.ts';

describe('the time limit of a job', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-timeout-'));
  const arns = new Arns({ region: 'us-east-1', account: '123456789012' });
  const jobFolder = new JobFolder(join(folder, 'jobs'));
  const jobs = new JobStore(jobFolder, jobFolder.load());
  const definitions = new JobDefinitions(join(folder, 'definitions'), arns);
  const startUp = {
    queues: [{ name: 'gpu', slots: 4, state: 'ENABLED' as const, jobStateTimeLimitActions: [] }],
    killGraceSeconds: 0.3,
    delays: { list: 0, describe: 0, step: 0 },
    retentionSeconds: 3600,
  };
  const commands = {
    runner: ['/bin/sh', '-c', 'eval "$HOLDOUT_RUN_KEY"'] as [string, ...string[]],
    reap: ['/bin/sh', '-c', `echo "$1" >>${folder}/reaped`, 'reap'] as [string, ...string[]],
  };
  const environment = { PATH: process.env['PATH'] ?? '' };
  const log = pino({ level: 'silent' });
  const newEngine = (): JobEngine => {
    const executor = new ProcessExecutor(commands, environment, { folderOf: (jobId) => jobFolder.of(jobId), log });
    return new JobEngine({
      startUp,
      arns,
      jobs,
      executor,
      disk: new DiskRoom([folder], 0),
      lastAlive: new LastAlive(folder),
      log,
    });
  };
  let engine = newEngine();
  before(() => engine.start());
  after(() => {
    engine.stop();
    rmSync(folder, { recursive: true });
  });

  const submit = (script: string, timeoutSeconds: number | undefined, defined?: number): string => {
    const definition = definitions.register({
      jobDefinitionName: 'timed',
      type: 'container',
      containerProperties: { image: 'x' },
      ...(defined === undefined ? {} : { timeout: { attemptDurationSeconds: defined } }),
    });
    const environment = [{ name: 'HOLDOUT_RUN_KEY', value: script }];
    return engine.submit({ jobName: 'job', queue: 'gpu', definition, environment, timeoutSeconds }).detail.jobId;
  };
  const ended = (jobId: string): Promise<ShownJob> =>
    eventually('the end of the job', () => {
      const detail = jobs.get(jobId)?.detail;
      return detail?.status === 'FAILED' || detail?.status === 'SUCCEEDED' ? detail : undefined;
    });
  const lasted = ({ startedAt = 0, stoppedAt = 0 }: ShownJob): number => stoppedAt - startedAt;

  it('sends SIGTERM when it has passed and sets AWS’s reason', async () => {
    const job = await ended(submit(`trap 'exit 9' TERM; while :; do sleep 0.02; done`, 0.4));
    assert.equal(job.status, 'FAILED');
    assert.equal(job.statusReason, 'Job attempt duration exceeded timeout');
    assert.equal(job.attempts?.[0]?.statusReason, 'Job attempt duration exceeded timeout');
    assert.equal(job.container.exitCode, 9);
    assert.equal(job.isTerminated, undefined);
    assert.ok(lasted(job) >= 400 && lasted(job) < 2_000, `${lasted(job)} ms`);
  });

  it('kills after the grace and cleans up', async () => {
    const jobId = submit(`trap '' TERM; while :; do sleep 0.02; done`, 0.4);
    const job = await ended(jobId);
    assert.equal(job.statusReason, 'Job attempt duration exceeded timeout');
    assert.equal(job.container.exitCode, 137);
    assert.ok(lasted(job) >= 700, `${lasted(job)} ms`);
    assert.ok(readFileSync(join(folder, 'reaped'), 'utf8').includes(jobId));
  });

  it('is the definition’s, unless the job has its own', async () => {
    const [own, defined] = [submit('sleep 0.8', 300, 0.2), submit('exec sleep 300', undefined, 0.2)];
    assert.equal((await ended(defined)).statusReason, 'Job attempt duration exceeded timeout');
    assert.equal((await ended(own)).status, 'SUCCEEDED');
  });

  it('counts from the start of the job, also for an engine that took it over', async () => {
    const jobId = submit('exec sleep 300', 0.8);
    // A process that has not started when the next engine checks may not start any more, which is not tested here.
    await eventually('the beginning', () => stateOfProcess(jobFolder.of(jobId)).kind === 'running' || undefined);
    engine.stop();
    engine = newEngine();
    engine.start();
    const job = await ended(jobId);
    assert.equal(job.statusReason, 'Job attempt duration exceeded timeout');
    assert.equal(job.container.exitCode, 143);
    assert.ok(lasted(job) >= 800 && lasted(job) < 2_500, `${lasted(job)} ms`);
  });
});
