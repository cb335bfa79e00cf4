import assert from 'node:assert/strict';
import {
  EvaluationStateMachine,
  type RunResult,
  type EvaluationStep,
} from '../../../src/campaign/evaluation/evaluation-state-machine.ts';
import { containerMemoryMiB } from '../../../src/campaign/model/run-limits.ts';
import { c4, classes, g4, limits, p3, probed } from '../samples.ts';

const rules = { classes, limits, testItems: 100, sampleItems: 10 };
const ended = (change: Partial<RunResult> = {}): RunResult => ({
  reason: null,
  rule: null,
  memoryLimitMiB: 14_336,
  ...change,
});
const crashed = ended({ reason: 'submission-error', rule: 'exit-code' });
const outOfGpuMemory = ended({ reason: 'gpu-out-of-memory', rule: 'gpu-text-and-peak' });
const lost = ended({ reason: 'platform-error', rule: 'no-outcome', memoryLimitMiB: null });
const doubted = ended({ reason: 'submission-error', rule: 'killed-unexplained' });
const learnt = (usesGpu: boolean): RunResult => {
  const { profile } = probed({ usesGpu, gpuMemoryMiB: usesGpu ? 8_000 : 0 });
  return ended(profile && { profile });
};

/** `probe on g4dn.xlarge`, `evaluation on c4.4xlarge, g4dn.xlarge`, `score`, `time-limit`. */
const words = (step: EvaluationStep): string => {
  if (step.kind === 'score') return 'score';
  if (step.kind === 'end') return step.reason;
  return `${step.purpose} on ${step.options.map((option) => option.class).join(', ')}`;
};

describe('the evaluation state machine', () => {
  const begun = (probeInVain = false, sampleItems: number | null = 10): [EvaluationStateMachine, EvaluationStep] => {
    const way = new EvaluationStateMachine({ ...rules, sampleItems });
    return [way, way.begin(probeInVain)];
  };
  const evaluated = (): EvaluationStateMachine => begun(true)[0];

  it('begins with a probe on the cheapest GPU class', () => {
    assert.equal(words(begun()[1]), 'probe on g4dn.xlarge');
  });

  it('begins with the evaluation if a probe is useless', () => {
    const everyGpu = 'evaluation on g4dn.xlarge, p3.2xlarge';
    assert.equal(words(begun(true)[1]), everyGpu);
    assert.equal(words(begun(false, null)[1]), everyGpu);
  });

  it('evaluates where the probe fits, and scores after a successful run', () => {
    const [onGpu] = begun();
    const step = onGpu.afterRun(g4, learnt(true));
    assert.equal(words(step), 'evaluation on g4dn.xlarge, p3.2xlarge');
    assert.equal(step.kind === 'run' && step.needMeasured, true);
    assert.equal(words(onGpu.afterRun(g4, ended())), 'score');
    assert.equal(words(begun()[0].afterRun(g4, learnt(false))).includes(c4.name), true);
  });

  it('evaluates after a probe that failed', () => {
    const step = begun()[0].afterRun(g4, crashed);
    assert.equal(words(step), 'evaluation on g4dn.xlarge, p3.2xlarge');
    assert.equal(step.kind === 'run' && step.needMeasured, false);
  });

  it('avoids sizes too small for a failed probe while there is a larger class', () => {
    const step = begun()[0].afterRun(g4, outOfGpuMemory);
    assert.equal(words(step), 'evaluation on p3.2xlarge');
  });

  it('gives more shared memory after a run reported it full', () => {
    const full = ended({ reason: 'submission-error', rule: 'shared-memory-text' });
    const [way, probe] = begun();
    assert.equal(probe.kind === 'run' && probe.moreSharedMemory, false);
    const step = way.afterRun(g4, full);
    assert.equal(step.kind === 'run' && step.moreSharedMemory, true);
  });

  it('does not blame the team if no class has the promised memory', () => {
    const small = { ...g4, memoryMiB: 8_000 };
    const way = new EvaluationStateMachine({ ...rules, classes: [small], sampleItems: null });
    way.begin(false);
    const outOfMemory = ended({
      reason: 'host-out-of-memory',
      rule: 'host-out-of-memory-record',
      memoryLimitMiB: containerMemoryMiB(limits, small),
    });
    assert.equal(words(way.afterRun(small, outOfMemory)), 'unplaceable');
  });

  it('repeats probes that the platform lost, up to the limit', () => {
    const [way] = begun();
    for (let n = 0; n < limits.platformRuns; n += 1)
      assert.equal(words(way.afterRun(g4, lost)), 'probe on g4dn.xlarge');
    assert.equal(words(way.afterRun(g4, lost)), 'platform-error');
  });

  it('counts lost probes and lost evaluations together', () => {
    const [way] = begun();
    way.afterRun(g4, lost);
    way.afterRun(g4, learnt(true));
    for (let n = 1; n < limits.platformRuns; n += 1) assert.match(words(way.afterRun(g4, lost)), /^evaluation/);
    assert.equal(words(way.afterRun(g4, lost)), 'platform-error');
  });

  it('repeats a run that an operator ended', () => {
    const cancelled = ended({ reason: 'cancelled' });
    const [way, probe] = begun();
    assert.deepEqual(way.afterRun(g4, cancelled), probe);
    const evaluation = way.afterRun(g4, learnt(true));
    assert.deepEqual(way.afterRun(g4, cancelled), evaluation);
  });

  it('moves to larger classes and ends after the largest', () => {
    const way = evaluated();
    assert.equal(words(way.afterRun(g4, outOfGpuMemory)), 'evaluation on p3.2xlarge');
    assert.deepEqual(way.afterRun(p3, outOfGpuMemory), {
      kind: 'end',
      reason: 'gpu-out-of-memory',
      detail: 'no class is larger',
    });
  });

  it('ends with the reason of its failed run', () => {
    assert.deepEqual(evaluated().afterRun(g4, crashed), { kind: 'end', reason: 'submission-error', detail: null });
  });

  it('ends with the reason of its last run if the retry of a possibly accidental failure is refused', () => {
    const way = evaluated();
    assert.match(words(way.afterRun(g4, doubted)), /^evaluation/);
    assert.equal(words(way.afterRefusal('budget-exhausted')), 'submission-error');
  });

  it('ends with the reason of the refusal if its last run was not final', () => {
    const way = evaluated();
    way.afterRun(g4, outOfGpuMemory);
    assert.equal(words(way.afterRefusal('budget-exhausted')), 'budget-exhausted');
  });
});
