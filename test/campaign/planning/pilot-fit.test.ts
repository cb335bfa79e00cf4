import assert from 'node:assert/strict';
import type { FileConditions, RunConditions } from '../../../src/campaign/planning/pilot-conditions.ts';
import { sortedRuns, unfitBecause } from '../../../src/campaign/planning/pilot-fit.ts';
import type { PilotRun } from '../../../src/campaign/planning/pilot.ts';
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

/** The file as it was, but for what is changed on one class. */
function now(change: Partial<RunConditions> = {}, submission = 's', onClass = g4.name): FileConditions {
  const { image, ...rest } = { ...conditionsOn(g4), ...change };
  return { images: new Map([[submission, image]]), classes: new Map([[onClass, rest]]) };
}

describe('what a pilot measured', () => {
  const { limits, machine, predictions } = run.conditions;

  it('fits the file that it was measured for', () => {
    assert.equal(unfitBecause(run, now()), undefined);
  });

  it('does not fit another submission, image, class, machine, memory or number of inputs, and says which', () => {
    assert.match(unfitBecause(run, now({}, 'other')) ?? '', /not in the file any more/);
    assert.match(unfitBecause(run, now({ image: 'sha256:2' })) ?? '', /another image/);
    assert.match(unfitBecause(run, now({}, 's', 'other')) ?? '', /no class g4dn\.xlarge/);
    assert.match(
      unfitBecause(run, now({ machine: { ...machine, gpuMemoryMiB: 10 } })) ?? '',
      /^on g4dn\.xlarge the file has changed: machine\.gpuMemoryMiB: was \d+, now 10$/,
    );
    assert.match(unfitBecause(run, now({ limits: { ...limits, memoryMiB: 1 } })) ?? '', /limits\.memoryMiB: was/);
    assert.match(unfitBecause(run, now({ limits: { ...limits, sharedMemoryMiB: 1 } })) ?? '', /sharedMemoryMiB/);
    assert.match(unfitBecause(run, now({ inputs: 11 })) ?? '', /inputs: was 10, now 11/);
  });

  it('depends on limits that end runs, and on the format of predictions, where the run failed by them', () => {
    const fewer = now({ limits: { ...limits, pids: 1 } });
    assert.equal(unfitBecause(run, fewer), undefined);
    assert.match(unfitBecause({ ...run, reason: 'submission-error' }, fewer) ?? '', /limits\.pids/);
    const renamed = now({ predictions: { ...predictions, file: 'other.csv' } });
    assert.equal(unfitBecause(run, renamed), undefined);
    assert.match(unfitBecause({ ...run, reason: 'output-missing' }, renamed) ?? '', /predictions\.file/);
    const smaller = now({ limits: { ...limits, imageBytes: 1 } });
    assert.match(unfitBecause({ ...run, reason: 'image-refused' }, smaller) ?? '', /limits\.imageBytes/);
  });

  it('fits a shorter time limit, and a longer one unless that ended the run', () => {
    const of = (wallClockSeconds: number): FileConditions => now({ limits: { ...limits, wallClockSeconds } });
    const ended: PilotRun = { ...run, reason: 'time-limit' };
    assert.equal(unfitBecause(ended, of(limits.wallClockSeconds / 2)), undefined);
    assert.equal(unfitBecause(run, of(limits.wallClockSeconds * 2)), undefined);
    assert.match(unfitBecause(ended, of(limits.wallClockSeconds * 2)) ?? '', /longer/);
  });

  it('is sorted into what holds, what says nothing and what is left out', () => {
    const lost: PilotRun = { ...run, submission: 'lost', reason: 'platform-error' };
    const gone: PilotRun = { ...run, submission: 'gone' };
    const { images, classes } = now();
    const file = { images: new Map([...images, ['lost', run.conditions.image]]), classes };
    const sorted = sortedRuns([run, lost, gone, lost], file);
    assert.deepEqual(sorted.measured, [run]);
    assert.deepEqual(sorted.silent, [lost]);
    assert.deepEqual([...sorted.leftOut], [['the submission is not in the file any more', [gone]]]);
  });

  it('is not missed where something that holds replaced it', () => {
    const old: PilotRun = { ...run, conditions: { ...run.conditions, image: 'sha256:0' } };
    const lost: PilotRun = { ...run, reason: 'spot-reclaimed' };
    const { measured, silent, leftOut } = sortedRuns([old, lost, run], now());
    assert.deepEqual({ measured, silent, left: leftOut.size }, { measured: [run], silent: [], left: 0 });
    const elsewhere = { ...run, class: p3.name };
    assert.equal(sortedRuns([elsewhere, run], now()).leftOut.size, 1);
  });
});
