import assert from 'node:assert/strict';
import { holdoutError } from '../../src/errors.ts';

describe('a campaign that has changed', () => {
  it('is described by the keys and units of its file', () => {
    const differences = [
      'budget.microUsd: was 500000000, now 600000000',
      'budget.rerunReserveShare: was 0.1, now absent',
      'deadlineAsWritten: was "3w", now "2w"',
      'limits.memoryMiB: was 14336, now 1024',
      'limits.wallClockSeconds: was 600, now 1200',
      'instanceClasses.1.microUsdPerHour: was 526000, now 3060000',
      'instanceClasses.1.gpuMemoryMiB: was 48, now 64',
      'submissions.a: was {"image":"x"}, now absent',
    ];
    const { message } = holdoutError('CAMPAIGN_CHANGED', { campaign: 'case', differences, commands: [] });
    assert.deepEqual(message.split('\n').slice(1), [
      '  budget.usd: was 500, now 600',
      '  budget.rerunReserve: was 10 %, now absent',
      '  deadline: was "3w", now "2w"',
      '  limits.memory: was 14336 MiB, now 1024 MiB',
      '  limits.wallClock: was 600 s, now 1200 s',
      '  instanceClasses.1.usdPerHour: was 0.526, now 3.06',
      '  instanceClasses.1.gpuMemoryMiB: was 48, now 64',
      '  submissions.a: was {"image":"x"}, now absent',
    ]);
  });
});
