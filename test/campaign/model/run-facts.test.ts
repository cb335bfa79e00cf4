import assert from 'node:assert/strict';
import { runFacts, type ObservedJob } from '../../../src/campaign/model/run-facts.ts';
import type { ContainerEnd, RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { runText } from '../../../src/campaign/explanation/run-text.ts';
import { sampleOutcome } from '../../batch/sample-outcome.ts';

const job: ObservedJob = {
  statusReason: 'Essential container in task exited',
  exitCode: 0,
  reason: null,
  startedAt: Date.parse('2026-01-01T00:00:00Z'),
  stoppedAt: Date.parse('2026-01-01T00:01:00Z'),
};

function factsOf(end: ContainerEnd, change: Partial<RunOutcome> = {}) {
  const outcome = { ...sampleOutcome('c/s/1', 'job', end), ...change };
  const { rule } = verdictOf(outcome);
  return runFacts({ outcome, job, rule, limitSeconds: 60, itemCount: 10 });
}

describe('the facts of a run', () => {
  it('are those of its outcome, with item times if it succeeded', () => {
    assert.deepEqual(factsOf({ kind: 'exited', exitCode: 0 }), {
      startedAt: '2026-01-01T00:00:00.000Z',
      stoppedAt: '2026-01-01T00:00:12.500Z',
      seconds: 12.5,
      limitSeconds: 60,
      end: 'exited',
      exitCode: 0,
      signal: null,
      rule: null,
      memory: { limitMiB: 256, peakMiB: 20, outOfMemory: 'none' },
      device: null,
      output: { bytes: 10, full: false },
      predictions: 'collected',
      items: { count: 10, startUpSeconds: null, secondsPerItem: 1.25 },
      batch: { statusReason: 'Essential container in task exited', exitCode: null, reason: null },
    });
  });

  it('say where the runner’s log is and on which machine it ran', () => {
    const place = {
      logStreamName: 'holdout-runner-g4/default/6a0c6dc5b2f44e1c',
      containerInstanceArn: 'arn:aws:ecs:us-east-1:123456789012:container-instance/holdout-g4/9d3bf14e',
    };
    const ofRun = { outcome: undefined, rule: 'no-outcome', limitSeconds: 60, itemCount: 10 } as const;
    const times = { startedAt: Date.UTC(2026, 0, 1), stoppedAt: Date.UTC(2026, 0, 1, 0, 1, 30) };
    const facts = runFacts({ ...ofRun, job: { ...job, ...place, ...times } });
    const when = { jobStartedAt: '2026-01-01T00:00:00.000Z', jobStoppedAt: '2026-01-01T00:01:30.000Z' };
    assert.deepEqual(facts.batch, { statusReason: job.statusReason, exitCode: 0, reason: null, ...place, ...when });
    const shown = new Map(runText({ reason: 'platform-error', jobId: 'j', facts }));
    assert.deepEqual([shown.get('log'), shown.get('machine')], [place.logStreamName, 'holdout-g4/9d3bf14e']);
  });

  it('name the signal of an exit code', () => {
    const signals = [137, 139, 134, 143, 1, 127, 128, 160, 255].map(
      (exitCode) => factsOf({ kind: 'exited', exitCode }).signal,
    );
    assert.deepEqual(signals, ['SIGKILL', 'SIGSEGV', 'SIGABRT', 'SIGTERM', null, null, null, null, null]);
  });

  it('have neither exit code nor item times for a run that did not exit by itself', () => {
    for (const end of [
      { kind: 'time-limit' },
      { kind: 'stopped' },
      { kind: 'never-started', fault: 'team', detail: 'exec: "secret-word": not found' },
    ] as const) {
      const facts = factsOf(end);
      assert.deepEqual([facts.end, facts.exitCode, facts.items], [end.kind, null, null]);
    }
  });

  it('say why predictions were not collected', () => {
    const end = { kind: 'exited', exitCode: 0 } as const;
    const found = [{ kind: 'missing' }, { kind: 'refused', why: 'link' }] as const;
    assert.deepEqual(
      found.map((predictions) => factsOf(end, { predictions }).predictions),
      ['missing', 'link'],
    );
  });

  it('are Batch’s texts without an outcome, each on one short line', () => {
    const reason = `CannotPullContainerError:\u001b[2J\n${'x'.repeat(300)}`;
    const facts = runFacts({
      outcome: undefined,
      job: { ...job, statusReason: 'Host EC2 (instance i-0) terminated.', exitCode: 143, reason },
      rule: 'no-outcome',
      limitSeconds: 60,
      itemCount: 10,
    });
    assert.deepEqual([facts.startedAt, facts.seconds], ['2026-01-01T00:00:00.000Z', null]);
    assert.equal(facts.batch?.statusReason, 'Host EC2 (instance i-0) terminated.');
    assert.equal(facts.batch?.exitCode, 143);
    assert.match(facts.batch?.reason ?? '', /^CannotPullContainerError: \[2J x+\.\.\.$/);
    assert.equal(facts.batch?.reason?.length, 200);
  });

  it('contain nothing that the submission printed and at most 1.5 KB', () => {
    const words = 'label-of-clip-17 is 1';
    const facts = factsOf(
      { kind: 'exited', exitCode: 137 },
      {
        log: { bytes: 40, keptBytes: 40, tail: words },
        device: { totalMiB: 16_160, idleMiB: 400, peakMiB: 16_159, driver: words },
        memory: { limitMiB: 14_336, peakMiB: 14_335, outOfMemory: 'unknown' },
        output: { bytes: 1_073_741_824, full: true, growth: [{ seconds: 1, share: 1 }] },
      },
    );
    const longest = 'x'.repeat(200);
    const [jobStartedAt, jobStoppedAt] = [facts.startedAt, facts.stoppedAt];
    const times = { jobStartedAt, jobStoppedAt };
    const batch = { reason: longest, exitCode: 137, logStreamName: longest, containerInstanceArn: longest, ...times };
    const text = JSON.stringify({ ...facts, batch: { ...facts.batch, ...batch } });
    assert.doesNotMatch(text, /label-of-clip/);
    assert.ok(text.length + 200 <= 1_536, `${text.length} bytes`);
  });
});
