import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { evaluationOptions, measuredSeconds, probeClass } from '../../../src/campaign/evaluation/class-choice.ts';
import type { InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { unknownNeeds, type Needs } from '../../../src/campaign/evaluation/needs.ts';
import { containerMemoryMiB } from '../../../src/campaign/model/run-limits.ts';
import { c4, classes, g4, limits, p3, probed } from '../samples.ts';

const items = 4_000;
const choice = (known: Needs, among: InstanceClass[] = classes): string[] =>
  evaluationOptions({ classes: among, limits }, known, items).map((option) => option.class);

describe('the choice of a class', () => {
  it('probes on the cheapest class with a GPU, or on the cheapest class if none has one', () => {
    assert.equal(probeClass([p3, { ...c4, microUsdPerHour: 1 }, g4]).name, 'g4dn.xlarge');
    assert.equal(probeClass([c4, { ...c4, name: 'small', microUsdPerHour: 1 }]).name, 'small');
    assert.throws(() => probeClass([]), RangeError);
  });

  it('prefers the cheapest class that fits: G4, then P3', () => {
    assert.deepEqual(choice(unknownNeeds), ['g4dn.xlarge', 'p3.2xlarge']);
    assert.deepEqual(choice(probed({})), ['g4dn.xlarge', 'p3.2xlarge']);
  });

  it('prices a run by the probe and the speeds: ten hours of G4 are $5.26, on P3 $14.30', () => {
    const [onG4, onP3] = evaluationOptions({ classes, limits }, probed({}), items);
    assert.equal(onG4?.expected, 5_260_000);
    assert.equal(onG4?.hours, 10);
    assert.equal(onP3?.expected, Math.ceil((Math.round(360_000 / 2.14) / 10) * 850));
    assert.equal(onG4?.worst, Math.ceil(((69_336 + 3_600) * 526_000) / 3_600));
  });

  it('counts the start-up once, whatever the number of items and the speed', () => {
    const [onG4, onP3] = evaluationOptions({ classes, limits }, probed({ startUpSeconds: 600 }), items);
    assert.equal(onG4?.hours, (36_000 + 600) / 3600);
    assert.equal(onP3?.hours, Math.round((36_000 / 2.14 + 600) * 10) / 10 / 3600);
  });

  it('expects no run to last longer than its limit', () => {
    const [slow] = evaluationOptions({ classes, limits }, probed({ secondsPerItem: 1e6 }), items);
    assert.ok(slow && slow.expected <= slow.worst && slow.hours * 3600 <= 69_337);
  });

  it('leaves out a device without headroom above the probe’s peak', () => {
    assert.deepEqual(choice(probed({ gpuMemoryMiB: 14_389 })), ['g4dn.xlarge', 'p3.2xlarge'], '15,109 MiB = 105 %');
    assert.deepEqual(choice(probed({ gpuMemoryMiB: 14_390 })), ['p3.2xlarge']);
  });

  it('takes the largest device when none has the headroom: a peak is an estimate', () => {
    for (const gpuMemoryMiB of [15_400, 16_160, 99_999]) {
      assert.deepEqual(choice(probed({ gpuMemoryMiB })), ['p3.2xlarge']);
    }
  });

  it('prefers a larger device after a probe that ran out of memory, because it was only a sample', () => {
    const after = (gpuMemoryMiB: number): Needs => ({
      ...unknownNeeds,
      probeAbove: { gpuMemoryMiB, memoryMiB: 0 },
    });
    assert.deepEqual(choice(after(15_109)), ['p3.2xlarge']);
    assert.deepEqual(choice(after(15_109), [g4, c4]), ['g4dn.xlarge']);
    assert.deepEqual(choice(after(16_160)), ['p3.2xlarge']);
  });

  it('prefers a class with more memory after a probe that had too little', () => {
    const small = { ...g4, name: 'small', memoryMiB: 8_704, microUsdPerHour: 1 };
    const after = { ...unknownNeeds, probeAbove: { gpuMemoryMiB: 0, memoryMiB: 8_192 } };
    assert.deepEqual(choice(after, [small, p3]), ['p3.2xlarge']);
    assert.deepEqual(choice(after, [small]), ['small']);
  });

  it('prefers a CPU class if the probe left the GPU empty and the CPU is cheaper in total', () => {
    const idle = { usesGpu: false, gpuMemoryMiB: 0 };
    const fast = { ...c4, relativeSpeed: 2 };
    assert.equal(choice(probed(idle), [g4, fast, p3])[0], 'c4.4xlarge');
    const short = { ...idle, secondsPerItem: 3.4 / items };
    assert.equal(choice(probed(short), [g4, fast, p3])[0], 'c4.4xlarge', 'also where a second is a large part of it');
    assert.equal(choice(probed(idle), [g4, c4, p3])[0], 'g4dn.xlarge', 'C4 at the same speed is dearer');
  });

  it('never uses a CPU class without a probe, nor after one that used the GPU', () => {
    const nearlyFree = { ...c4, microUsdPerHour: 1 };
    assert.deepEqual(choice(unknownNeeds, [g4, nearlyFree]), ['g4dn.xlarge']);
    assert.deepEqual(choice(probed({}), [g4, nearlyFree]), ['g4dn.xlarge']);
    assert.deepEqual(choice(probed({ gpuMemoryMiB: 0, saturating: true }), [g4, nearlyFree]), ['g4dn.xlarge']);
  });

  it('never uses a CPU class once a run was out of GPU memory, whatever the probe measured', () => {
    const idle = probed({ usesGpu: false, gpuMemoryMiB: 0 }, { gpuMemoryAboveMiB: 15_109 });
    assert.deepEqual(choice(idle, [g4, { ...c4, microUsdPerHour: 1 }, p3]), ['p3.2xlarge']);
  });

  it('never uses a CPU class whose time limit is too short', () => {
    const idle = { usesGpu: false, gpuMemoryMiB: 0 };
    const slow = { ...c4, microUsdPerHour: 1, relativeSpeed: 0.49 };
    assert.equal(choice(probed(idle), [g4, p3, { ...slow, relativeSpeed: 0.5 }])[0], 'c4.4xlarge', '20 of 24 hours');
    assert.equal(choice(probed(idle), [g4, p3, slow])[0], 'g4dn.xlarge', '20.4 of 24 hours leave too little margin');
  });

  it('leaves out a class whose time limit is too short if another allows more', () => {
    const fast = { ...p3, name: 'fast', relativeSpeed: 4.28, microUsdPerHour: 9_000_000, wallClockSeconds: 9 * 3600 };
    const hours = (onG4: number): Needs => probed({ secondsPerItem: (onG4 * 3600) / items });
    assert.deepEqual(choice(hours(16), [g4, p3, fast]), ['g4dn.xlarge', 'p3.2xlarge', 'fast'], '19.3 h allowed');
    assert.deepEqual(choice(hours(17), [g4, p3, fast]), ['fast'], '8.5 of its 9 hours at twice the speed are half');
  });

  it('uses the classes with the most time if none allows enough, cheapest first', () => {
    const fast = { ...p3, name: 'fast', relativeSpeed: 4.28, wallClockSeconds: 9 * 3600 };
    assert.deepEqual(
      choice(probed({ secondsPerItem: 1e6 }), [g4, p3]),
      ['g4dn.xlarge', 'p3.2xlarge'],
      'the same promise',
    );
    assert.deepEqual(choice(probed({ secondsPerItem: 1e6 }), [g4, p3, fast]), ['fast']);
    const idle = { usesGpu: false, gpuMemoryMiB: 0, secondsPerItem: 90 };
    assert.deepEqual(
      choice(probed(idle), [g4, { ...c4, relativeSpeed: 3 }]),
      ['c4.4xlarge'],
      '33 of 24 h, not 100 of 19',
    );
  });

  it('uses CPU classes without a probe if there is no other kind', () => {
    assert.deepEqual(choice(unknownNeeds, [c4]), ['c4.4xlarge']);
    assert.deepEqual(choice(probed({ usesGpu: true, gpuMemoryMiB: 0, secondsPerItem: 1e6 }), [c4]), ['c4.4xlarge']);
  });

  it('takes a larger device after out of GPU memory, and has none left after the largest', () => {
    assert.deepEqual(choice({ ...unknownNeeds, gpuMemoryAboveMiB: 15_109 }), ['p3.2xlarge']);
    assert.deepEqual(choice({ ...unknownNeeds, gpuMemoryAboveMiB: 16_160 }), []);
  });

  it('uses a class with more memory after too little', () => {
    const small = { ...g4, name: 'small', memoryMiB: 8_704, microUsdPerHour: 1 };
    assert.deepEqual(choice({ ...unknownNeeds, memoryAboveMiB: 8_192 }, [small, p3]), ['p3.2xlarge']);
    assert.deepEqual(choice({ ...unknownNeeds, memoryAboveMiB: 14_336 }, [small, p3]), []);
  });

  it('uses the probe on free machines too, and prefers the faster of two', () => {
    const rules = {
      classes: [
        { ...g4, microUsdPerHour: 0 },
        { ...p3, name: 'a-fast', microUsdPerHour: 0 },
      ],
      limits,
    };
    const options = evaluationOptions(rules, probed({ usesGpu: true, gpuMemoryMiB: 2_000, secondsPerItem: 642 }), 12);
    assert.deepEqual(
      options.map((option) => [option.class, measuredSeconds(option)]),
      [
        ['a-fast', 3_600],
        ['g4dn.xlarge', 7_704],
      ],
    );
  });

  it('does not depend on the order of the rows', () => {
    const among = [g4, { ...g4, name: 'another' }, p3, c4];
    const wanted = choice(probed({ usesGpu: false, gpuMemoryMiB: 0 }), among);
    fc.assert(
      fc.property(fc.shuffledSubarray(among, { minLength: among.length }), (shuffled) => {
        assert.deepEqual(choice(probed({ usesGpu: false, gpuMemoryMiB: 0 }), shuffled), wanted);
      }),
    );
  });

  it('offers only classes that facts allow, at least one if there is one, by expected cost', () => {
    const amount = fc.integer({ min: 0, max: 20_000 });
    const known = fc.record({
      gpuMemoryAboveMiB: amount,
      memoryAboveMiB: amount,
      probeAbove: fc.record({ gpuMemoryMiB: amount, memoryMiB: amount }),
      profile: fc.record({
        usesGpu: fc.boolean(),
        gpuMemoryMiB: amount,
        secondsPerItem: fc.double({ min: 0.001, max: 1e4, noNaN: true }),
        measuredAtSpeed: fc.double({ min: 0.1, max: 10, noNaN: true }),
      }),
    });
    fc.assert(
      fc.property(known, ({ profile: seen, ...above }) => {
        const options = evaluationOptions({ classes, limits }, probed(seen, above), items);
        const isLeft = (instanceClass: InstanceClass): boolean =>
          containerMemoryMiB(limits, instanceClass) > above.memoryAboveMiB &&
          (instanceClass.gpuMemoryMiB ?? 0) > above.gpuMemoryAboveMiB;
        if (options.length === 0) assert.ok(!classes.some(isLeft));
        for (const [index, option] of options.entries()) {
          const instanceClass = classes.find(({ name }) => name === option.class) ?? assert.fail();
          assert.ok(containerMemoryMiB(limits, instanceClass) > above.memoryAboveMiB);
          assert.ok(option.expected <= option.worst);
          assert.ok(option.expected >= (options[index - 1]?.expected ?? 0));
          if (instanceClass.kind === 'cpu') assert.ok(!seen.usesGpu && above.gpuMemoryAboveMiB === 0);
          else assert.ok((instanceClass.gpuMemoryMiB ?? 0) > above.gpuMemoryAboveMiB);
        }
      }),
    );
  });
});
