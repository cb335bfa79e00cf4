import assert from 'node:assert/strict';
import type { JobDetail } from '@aws-sdk/client-batch';
import * as fc from 'fast-check';
import { endedByHoldout, fateOf, hasEnded, jobFacts } from '../../src/batch/job-fate.ts';
import { responsibleParties } from '../../src/campaign/model/reasons.ts';

const job = (change: Partial<JobDetail>): JobDetail => ({
  jobId: 'job',
  jobName: 'ho-x',
  jobQueue: 'queue',
  jobDefinition: 'definition',
  status: 'FAILED',
  startedAt: 0,
  ...change,
});
const attempt = (statusReason: string, exitCode?: number): Partial<JobDetail> => ({
  attempts: [{ statusReason, ...(exitCode !== undefined && { container: { exitCode } }) }],
});

describe('the fate of a job that left no outcome', () => {
  it('is cancelled by Holdout’s own reason, and a platform error if someone else ended the job, who is named in no field', () => {
    assert.equal(fateOf(job({ statusReason: endedByHoldout.cancelled, isTerminated: true })), 'cancelled');
    assert.equal(fateOf(job({ statusReason: 'stopped by hand in the console', isTerminated: true })), 'platform-error');
    assert.equal(fateOf(job({ statusReason: 'not needed', isCancelled: true })), 'platform-error');
  });

  it('is Holdout’s reason to terminate it: too long in the queue, a duplicate, or lost', () => {
    assert.equal(fateOf(job({ statusReason: endedByHoldout.unplaceable, isTerminated: true })), 'unplaceable');
    assert.equal(fateOf(job({ statusReason: endedByHoldout.duplicate, isTerminated: true })), 'platform-error');
    assert.equal(fateOf(job({ statusReason: endedByHoldout.lost, isTerminated: true })), 'platform-error');
  });

  it('is a platform error after Batch’s timeout, even with exit status 137: the runner hung', () => {
    const statusReason = 'Job attempt duration exceeded timeout';
    assert.equal(fateOf(job({ statusReason, ...attempt(statusReason, 137) })), 'platform-error');
  });

  it('is a lost Spot machine by the status reason of the job or an attempt, with any exit status', () => {
    const text = 'Host EC2 (instance i-0123456789abcdef0) terminated.';
    assert.equal(fateOf(job({ statusReason: text })), 'spot-reclaimed');
    assert.equal(
      fateOf(job({ statusReason: 'Essential container in task exited', ...attempt(text, 143) })),
      'spot-reclaimed',
    );
    assert.equal(fateOf(job(attempt(text.toLowerCase()))), 'spot-reclaimed');
  });

  it('is a platform error if the task or the runner’s image could not be started', () => {
    for (const text of [
      'Task failed to start',
      'CannotStartContainerError: Error response from daemon',
      'DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s',
      'CannotPullContainerError: pull access denied',
      'CannotPullContainerError: manifest unknown',
    ]) {
      assert.equal(fateOf(job({ statusReason: 'Task failed to start', ...attempt(text) })), 'platform-error', text);
    }
  });

  it('is unplaceable, or a platform error, if Batch gave up the queued job: for want of machines, or because of its set-up', () => {
    const setUp = 'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE';
    for (const statusReason of [setUp, `Canceled by JobStateTimeLimit action due to reason: ${setUp}`]) {
      assert.equal(fateOf(job({ statusReason, isCancelled: true })), 'platform-error', statusReason);
    }
    for (const statusReason of [
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested',
      'Canceled by JobStateTimeLimit action due to reason: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
    ]) {
      assert.equal(fateOf(job({ statusReason, isCancelled: true })), 'unplaceable', statusReason);
    }
  });

  it('is a platform error if nothing is known, or Batch has forgotten the job', () => {
    assert.equal(fateOf(undefined), 'platform-error');
    assert.equal(fateOf(job({})), 'platform-error');
    assert.equal(fateOf(job({ status: 'SUCCEEDED' })), 'platform-error');
    assert.equal(
      fateOf(job({ statusReason: 'Essential container in task exited', ...attempt('', 70) })),
      'platform-error',
    );
  });

  it('reads every attempt', () => {
    const attempts = [{ statusReason: 'Host EC2 (instance i-1) terminated.' }, {}];
    assert.equal(fateOf(job({ attempts })), 'spot-reclaimed');
  });

  it('is never the team’s fault, whatever Batch reports: neither OutOfMemoryError nor exit 137', () => {
    const memory = 'OutOfMemoryError: Container killed due to memory usage';
    assert.equal(
      fateOf(job({ container: { reason: memory, exitCode: 137 }, ...attempt(memory, 137) })),
      'platform-error',
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.boolean(), fc.boolean(), (a, b, isTerminated, isCancelled) => {
        const fate = fateOf(job({ statusReason: a, ...attempt(b, 137), isTerminated, isCancelled }));
        assert.notEqual(responsibleParties[fate], 'team');
      }),
    );
  });

  it('is final once the job SUCCEEDED or FAILED', () => {
    const final = ['SUBMITTED', 'PENDING', 'RUNNABLE', 'STARTING', 'RUNNING', 'SUCCEEDED', 'FAILED'].filter((status) =>
      hasEnded(job({ status: status as JobDetail['status'] })),
    );
    assert.deepEqual(final, ['SUCCEEDED', 'FAILED']);
  });
});

describe('what a run keeps of its job', () => {
  const place = {
    logStreamName: 'holdout-runner-g4/default/6a0c6dc5b2f44e1c',
    containerInstanceArn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/holdout-g4/9d3bf14e',
  };
  const nothing = { statusReason: null, exitCode: null, reason: null, startedAt: null, stoppedAt: null };

  it('is all of its last attempt', () => {
    const statusReason = 'Essential container in task exited';
    const reason = 'OutOfMemoryError: Container killed due to memory usage';
    const last = { statusReason, startedAt: 30, stoppedAt: 40, container: { exitCode: 137, reason, ...place } };
    const before = {
      statusReason: 'Host EC2 (instance i-1) terminated.',
      startedAt: 10,
      stoppedAt: 20,
      container: { exitCode: 1, reason: 'lost', logStreamName: 'another', containerInstanceArn: 'another' },
    };
    const container = { exitCode: 2, reason: 'of the job', logStreamName: 'of the job', containerInstanceArn: 'x' };
    const facts = jobFacts(
      job({ statusReason: 'of the job', startedAt: 1, stoppedAt: 2, container, attempts: [before, last] }),
    );
    assert.deepEqual(facts, { statusReason, exitCode: 137, reason, ...place, startedAt: 30, stoppedAt: 40 });
  });

  it('is taken from the job where the attempt has no such field, each by itself', () => {
    const container = { exitCode: 0, reason: 'of the job', ...place };
    const ofJob = { statusReason: 'of the job', startedAt: 1, stoppedAt: 2, container };
    const expected = { ...ofJob, ...container };
    const { container: _, ...facts } = expected;
    assert.deepEqual(jobFacts(job({ ...ofJob, attempts: [] })), facts);
    assert.deepEqual(jobFacts(job({ ...ofJob, attempts: [{}] })), facts);
    assert.deepEqual(jobFacts(job({ ...ofJob, attempts: [{ container: { exitCode: 70 } }] })), {
      ...facts,
      exitCode: 70,
    });
    const { logStreamName } = place;
    const started = jobFacts(job({ startedAt: 5, container: { logStreamName } }));
    assert.deepEqual(started, { ...nothing, logStreamName, startedAt: 5 });
  });

  it('has neither log nor machine for a job that never had a machine', () => {
    const { startedAt: _, ...waiting } = job({ status: 'FAILED', statusReason: 'Holdout: cancelled', attempts: [] });
    const facts = { ...nothing, statusReason: 'Holdout: cancelled' };
    assert.deepEqual(jobFacts(waiting as JobDetail), facts);
    const empty = { logStreamName: '', containerInstanceArn: '' };
    assert.deepEqual(jobFacts({ ...waiting, container: empty } as JobDetail), facts);
  });

  it('tells exit code 0 from an unknown one', () => {
    assert.equal(jobFacts(job({ ...attempt('', 0) })).exitCode, 0);
    assert.equal(jobFacts(job({ attempts: [{ container: {} }] })).exitCode, null);
  });
});
