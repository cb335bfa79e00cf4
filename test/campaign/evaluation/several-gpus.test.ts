import assert from 'node:assert/strict';
import { fitsOf } from '../../../src/campaign/evaluation/class-fit.ts';
import { profileOf, type ResourceProfile } from '../../../src/campaign/evaluation/resource-profile.ts';
import { verdictOf } from '../../../src/campaign/evaluation/verdict.ts';
import { unknownNeeds } from '../../../src/campaign/evaluation/needs.ts';
import { runText } from '../../../src/campaign/explanation/run-text.ts';
import { runFacts } from '../../../src/campaign/model/run-facts.ts';
import type { RunOutcome } from '../../../src/campaign/model/run-outcome.ts';
import { g4, limits, outcome, p3 } from '../samples.ts';

const totalMiB = 15_109;
/** A run whose GPUs had these peaks. */
function onGpus(...peaks: number[]): NonNullable<RunOutcome['device']> {
  const all = peaks.map((peakMiB) => ({ totalMiB, idleMiB: 3, peakMiB }));
  const [fullest] = all.toSorted((one, other) => other.peakMiB - one.peakMiB);
  return { ...(fullest ?? assert.fail()), driver: '550.54.15', all };
}
const profile = (...peaks: number[]): ResourceProfile =>
  profileOf(outcome({ device: onGpus(...peaks) }), 12, g4) ?? assert.fail('no profile');
/** The kinds of fit for classes with GPUs of these sizes and numbers. */
function fits(measured: ResourceProfile, ...classes: [gpuMemoryMiB: number, gpus: number][]): string[] {
  const rows = classes.map(([gpuMemoryMiB, gpus], index) => ({ ...g4, name: `class-${index}`, gpuMemoryMiB, gpus }));
  const found = fitsOf({ classes: [...rows, p3], limits }, { ...unknownNeeds, profile: measured }, 12);
  return found.slice(0, rows.length).map(({ kind }) => kind);
}

describe('a class with several GPUs', () => {
  const words = { bytes: 1, keptBytes: 1, tail: 'RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB' };
  const failed = { end: { kind: 'exited', exitCode: 1 }, log: words } as const;

  it('is out of memory if one of its devices is full, and not if all of them together are half full', () => {
    assert.equal(verdictOf(outcome({ ...failed, device: onGpus(40, 15_000, 3, 3) })).reason, 'gpu-out-of-memory');
    const halves = onGpus(8_000, 8_000, 8_000, 8_000);
    assert.deepEqual(verdictOf(outcome({ ...failed, device: halves })), {
      reason: 'submission-error',
      rule: 'exit-code',
    });
  });

  it('needs what the fullest device needed', () => {
    assert.deepEqual(profile(40, 9_000, 3, 3).spread, { gpus: 2, sumMiB: 9_040 });
    assert.equal(profile(40, 9_000, 3, 3).gpuMemoryMiB, 9_000);
    assert.equal(profile(9_000, 3, 3, 3).spread, undefined, 'only one was used');
    assert.equal(profile(3, 3).usesGpu, false);
  });

  it('of fewer devices than the probe used has to hold more on each', () => {
    const four = profile(9_000, 9_000, 9_000, 9_000);
    assert.deepEqual(fits(four, [10_000, 4], [10_000, 2], [19_000, 2], [20_000, 1], [38_000, 1]), [
      'fits',
      'unfit',
      'fits',
      'unfit',
      'fits',
    ]);
  });

  it('of more devices than the probe used does not need less on each', () => {
    assert.deepEqual(fits(profile(9_000, 3), [9_000, 8], [10_000, 8]), ['unfit', 'fits']);
  });

  it('has the peak of each device and their sum among the facts of a run, in at most 1 KB', () => {
    const device = onGpus(...Array.from({ length: 16 }, (_, index) => 15_000 - index));
    const facts = runFacts({ outcome: outcome({ device }), job: undefined, rule: null, limitSeconds: 9, itemCount: 1 });
    assert.equal(facts.device?.peaksMiB?.length, 16);
    assert.equal(facts.device?.peakSumMiB, 239_880);
    assert.ok(JSON.stringify(facts).length < 1_000);
  });

  it('is shown with the peak of each device and their sum', () => {
    const facts = runFacts({
      outcome: outcome({ device: onGpus(40, 15_000) }),
      job: undefined,
      rule: null,
      limitSeconds: 9,
      itemCount: 1,
    });
    const texts = Object.fromEntries(runText({ reason: null, jobId: null, facts }));
    assert.equal(
      texts['GPU'],
      '15000 of 15109 MiB (99 %), including 3 MiB used before the start; peaks of the 2 GPUs: 40, 15000 MiB, together 15040 MiB',
    );
  });
});
