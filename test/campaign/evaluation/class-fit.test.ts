import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fitsOf, type ClassFit } from '../../../src/campaign/evaluation/class-fit.ts';
import { classFitLines } from '../../../src/campaign/explanation/class-fit-text.ts';
import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { isNeedMeasured, unknownNeeds, type Needs } from '../../../src/campaign/evaluation/needs.ts';
import { c4, classes, g4, limits, p3, probed } from '../samples.ts';

const items = 4_000;
const fits = (known: Needs, among: InstanceClass[] = classes): [string, ClassFit['kind'], string[]][] =>
  fitsOf({ classes: among, limits }, known, items).map(({ instanceClass, kind, objections }) => [
    instanceClass.name,
    kind,
    objections.map((objection) => objection.kind),
  ]);
const lines = (known: Needs, among: InstanceClass[] = classes): string[] =>
  classFitLines({ classes: among, limits }, known, items);

describe('the fit of a class', () => {
  it('says which classes fit, and why others do not', () => {
    assert.deepEqual(fits(probed()), [
      [g4.name, 'fits', []],
      [c4.name, 'unfit', ['gpu-used']],
      [p3.name, 'fits', []],
    ]);
    assert.deepEqual(fits(unknownNeeds)[1], [c4.name, 'unfit', ['gpu-use-unknown']]);
    assert.deepEqual(fits(probed({}, { gpuMemoryAboveMiB: 15_109 }))[0], [g4.name, 'unfit', ['proved-device']]);
    assert.deepEqual(fits(probed({}, { memoryAboveMiB: 14_000 }), [g4, { ...p3, memoryMiB: 14_000 }])[1], [
      p3.name,
      'unfit',
      ['proved-memory'],
    ]);
  });

  it('never rules out the device of the probe if its peak does not saturate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 100_000 }),
        fc.double({ min: 0, max: 0.9499, noNaN: true }),
        (has, share) => {
          const device = { ...g4, gpuMemoryMiB: has };
          const larger = { ...p3, gpuMemoryMiB: 2 * has };
          const gpuMemoryMiB = Math.floor(share * has);
          assert.equal(fits(probed({ gpuMemoryMiB }), [device, larger])[0]?.[1], 'fits');
        },
      ),
    );
  });

  it('leaves at least one class if facts do, for any estimates', () => {
    const amount = fc.integer({ min: 0, max: 30_000 });
    const estimate = fc.record({
      gpuMemoryMiB: amount,
      secondsPerItem: fc.double({ min: 0.001, max: 1e4, noNaN: true }),
      usesGpu: fc.boolean(),
    });
    fc.assert(
      fc.property(estimate, amount, amount, (seen, gpuMemoryMiB, memoryMiB) => {
        const found = fits(probed(seen, { probeAbove: { gpuMemoryMiB, memoryMiB } }));
        assert.ok(found.some(([, kind]) => kind !== 'unfit'));
        for (const [, kind, objections] of found) assert.equal(kind === 'fits', objections.length === 0);
      }),
    );
  });

  it('is measured after a peak that does not saturate, until an evaluation needs more', () => {
    assert.ok(isNeedMeasured(probed()));
    assert.ok(!isNeedMeasured(unknownNeeds));
    assert.ok(!isNeedMeasured(probed({ gpuMemoryMiB: 0, saturating: true })));
    assert.ok(!isNeedMeasured(probed({}, { gpuMemoryAboveMiB: 15_109 })));
  });
});

describe('the description of the choice of a class', () => {
  it('gives prices, cheapest first, and says why the other classes do not fit', () => {
    assert.deepEqual(lines(probed()), [
      'g4dn.xlarge: about 10 h, $5.26',
      'p3.2xlarge: about 4.7 h, $14.30',
      'c4.4xlarge does not fit: it has no GPU, but the submission used one',
    ]);
    assert.deepEqual(lines(unknownNeeds), [
      'g4dn.xlarge: at most 19.3 h, $10.13',
      'p3.2xlarge: at most 9 h, $27.54',
      'c4.4xlarge does not fit: it has no GPU, and whether the submission needs one was not measured',
    ]);
  });

  it('names supply, need, headroom and margin', () => {
    assert.deepEqual(lines(probed({ gpuMemoryMiB: 14_500 }), [g4, p3]), [
      'p3.2xlarge: about 4.7 h, $14.30',
      'g4dn.xlarge does not fit: its GPU has 15109 MiB, but the probe predicts 15225 MiB (with 5 % headroom)',
    ]);
    assert.deepEqual(
      lines(probed({}, { gpuMemoryAboveMiB: 15_109 }), [g4, p3])[1],
      'g4dn.xlarge does not fit: its GPU has 15109 MiB, but a run needed more than 15109 MiB',
    );
    const idle = probed({ usesGpu: false, gpuMemoryMiB: 0, secondsPerItem: 0.02 });
    assert.deepEqual(lines(idle, [g4, { ...c4, wallClockSeconds: 60 }, p3]), [
      'g4dn.xlarge: about 80 s, $0.0117',
      'p3.2xlarge: about 37 s, $0.0318',
      'c4.4xlarge does not fit: the promised time is 60 s, but the probe predicts 80 s plus a margin of 20 %',
    ]);
  });

  it('names estimates that speak against a chosen class', () => {
    assert.deepEqual(lines(probed({ secondsPerItem: 90 }), [g4, p3]), [
      'g4dn.xlarge: at most 19.3 h, $10.13; no class fits better: the promised time is 19.3 h, but the probe predicts 100 h plus a margin of 20 %',
      'p3.2xlarge: at most 9 h, $27.54; no class fits better: the promised time is 9 h, but the probe predicts 46.7 h plus a margin of 20 %',
    ]);
  });
});
