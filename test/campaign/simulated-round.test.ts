import assert from 'node:assert/strict';
import { SimulatedRound } from '../../src/campaign/simulation/simulated-round.ts';
import { caseCampaign, g4 } from './samples.ts';

describe('a submission’s way', () => {
  const round = (): SimulatedRound => {
    const begun = new SimulatedRound(caseCampaign(), 'a');
    assert.equal(begun.begin(true).kind, 'request');
    return begun;
  };
  const ended = { reason: 'submission-error', billedSeconds: 60, costMicroUsd: 1, memoryLimitMiB: 14_336 } as const;

  it('ends as its last run did when the one more run that chance is given is refused', () => {
    const doubted = round();
    assert.equal(doubted.runEnded(g4, { ...ended, rule: 'killed-unexplained' }).kind, 'request');
    const step = doubted.refused('budget-exhausted');
    assert.deepEqual(step.kind === 'report' && step.report.reason, 'submission-error');
  });

  it('ends as the refusal says when its last run was no end', () => {
    const larger = round();
    assert.equal(
      larger.runEnded(g4, { ...ended, reason: 'gpu-out-of-memory', rule: 'gpu-text-and-peak' }).kind,
      'request',
    );
    const step = larger.refused('budget-exhausted');
    assert.deepEqual(step.kind === 'report' && step.report.reason, 'budget-exhausted');
  });
});
