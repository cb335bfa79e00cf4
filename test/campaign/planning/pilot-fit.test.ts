import assert from 'node:assert/strict';
import type { FileConditions, RunConditions } from '../../../src/campaign/planning/pilot-conditions.ts';
import { sortedRuns, unfitBecause } from '../../../src/campaign/planning/pilot-fit.ts';
import type { PilotRun } from '../../../src/campaign/planning/pilot-sample.ts';
import { g4, p3 } from '../samples.ts';
import { conditionsOn } from './pilot-samples.ts';

const run: PilotRun = {
  pilot: 'case-pilot',
  submission: 's',
  class: g4.name,
  conditions: conditionsOn(g4),
  items: 10,
  reason: null,
  billedSeconds: 60,
  costMicroUsd: 1,
  seconds: 55,
  devicePeakMiB: 9,
};

/** The original file with a change on one class. */
function now(change: Partial<RunConditions> = {}, submission = 's', onClass = g4.name): FileConditions {
  const { image, ...rest } = { ...conditionsOn(g4), ...change };
  return { images: new Map([[submission, image]]), classes: new Map([[onClass, rest]]) };
}

describe('a measurement of a pilot', () => {
  const { limits, machine, predictions } = run.conditions;

  it('matches the file that it was made for', () => {
    assert.equal(unfitBecause(run, now()), undefined);
  });

  it('does not match another submission, image, class, machine, memory or number of inputs, and says which', () => {
    assert.match(unfitBecause(run, now({}, 'other')) ?? '', /no longer in the file/);
    assert.match(unfitBecause(run, now({ image: 'sha256:2' })) ?? '', /image of the submission has changed/);
    assert.match(unfitBecause(run, now({}, 's', 'other')) ?? '', /no class g4dn\.xlarge/);
    assert.match(
      unfitBecause(run, now({ machine: { ...machine, gpuMemoryMiB: 10 } })) ?? '',
      /^on g4dn\.xlarge the file has changed: machine\.gpuMemoryMiB: was \d+, now 10$/,
    );
    assert.match(unfitBecause(run, now({ limits: { ...limits, memoryMiB: 1 } })) ?? '', /limits\.memoryMiB: was/);
    assert.match(unfitBecause(run, now({ limits: { ...limits, sharedMemoryMiB: 1 } })) ?? '', /sharedMemoryMiB/);
    assert.match(unfitBecause(run, now({ inputs: 11 })) ?? '', /inputs: was 10, now 11/);
  });

  it('depends on limits that end runs and on the format of predictions if the run failed because of them', () => {
    const fewer = now({ limits: { ...limits, pids: 1 } });
    assert.equal(unfitBecause(run, fewer), undefined);
    assert.match(unfitBecause({ ...run, reason: 'submission-error' }, fewer) ?? '', /limits\.pids/);
    const renamed = now({ predictions: { ...predictions, file: 'other.csv' } });
    assert.equal(unfitBecause(run, renamed), undefined);
    assert.match(unfitBecause({ ...run, reason: 'output-missing' }, renamed) ?? '', /predictions\.file/);
    const smaller = now({ limits: { ...limits, imageBytes: 1 } });
    assert.match(unfitBecause({ ...run, reason: 'image-refused' }, smaller) ?? '', /limits\.imageBytes/);
  });

  it('matches a shorter time limit, and a longer one unless the time limit ended the run', () => {
    const of = (wallClockSeconds: number): FileConditions => now({ limits: { ...limits, wallClockSeconds } });
    const ended: PilotRun = { ...run, reason: 'time-limit' };
    assert.equal(unfitBecause(ended, of(limits.wallClockSeconds / 2)), undefined);
    assert.equal(unfitBecause(run, of(limits.wallClockSeconds * 2)), undefined);
    assert.match(unfitBecause(ended, of(limits.wallClockSeconds * 2)) ?? '', /longer/);
  });

  it('is valid, says nothing or is left out', () => {
    const lost: PilotRun = { ...run, submission: 'lost', reason: 'platform-error' };
    const gone: PilotRun = { ...run, submission: 'gone' };
    const { images, classes } = now();
    const file = { images: new Map([...images, ['lost', run.conditions.image]]), classes };
    const sorted = sortedRuns([run, lost, gone, lost], file);
    assert.deepEqual(sorted.measured, [run]);
    assert.deepEqual(sorted.unmeasured, [lost]);
    assert.deepEqual([...sorted.leftOut], [['the submission is no longer in the file', [gone]]]);
  });

  it('is not reported as missing if a valid one replaces it', () => {
    const old: PilotRun = { ...run, conditions: { ...run.conditions, image: 'sha256:0' } };
    const lost: PilotRun = { ...run, reason: 'spot-reclaimed' };
    const { measured, unmeasured, leftOut } = sortedRuns([old, lost, run], now());
    assert.deepEqual({ measured, unmeasured, left: leftOut.size }, { measured: [run], unmeasured: [], left: 0 });
    const elsewhere = { ...run, class: p3.name };
    assert.equal(sortedRuns([elsewhere, run], now()).leftOut.size, 1);
  });
});
