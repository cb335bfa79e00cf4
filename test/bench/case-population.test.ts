import assert from 'node:assert/strict';
import { casePopulation, caseSeeds, type CasePopulation } from '../../bench/support/case-population.ts';

/** Expected hours by class if each submission runs on the class that the case's engineer chose. */
function hoursOf({ kinds, submissions, classes }: CasePopulation): Record<'g4' | 'c4' | 'p3', number> {
  const hours = { g4: 0, c4: 0, p3: 0 };
  const cpuSpeed = classes.get('c4.4xlarge')?.cpuSpeed ?? Number.NaN;
  const v100 = classes.get('p3.2xlarge')?.gpuSpeed ?? Number.NaN;
  for (const [name, needs] of submissions) {
    const kind = kinds.get(name);
    const paid = needs.end === 'error' || kind === 'none' ? 0.5 : 1;
    const on = (speed: number, perItem: number, part: number): number =>
      (part * (needs.startUpSeconds + (10_000 * perItem) / speed)) / 3600;
    if (kind === 'c4') hours.c4 += on(cpuSpeed, needs.cpuSecondsPerItem, paid);
    else hours.g4 += on(1, needs.secondsPerItem, kind === 'g4' ? paid : 0.5);
    if (kind === 'p3' || kind === 'none') hours.p3 += on(v100, needs.secondsPerItem, paid);
  }
  return hours;
}

describe('the population of the case', () => {
  const populations = caseSeeds.map((seed) => casePopulation(seed));

  it('has 4,200 submissions of 2,300 teams', () => {
    for (const { teams, submissions } of populations) {
      assert.equal(teams.length, 2_300);
      assert.equal(teams.flat().length, 4_200);
      assert.deepEqual(new Set(teams.flat()), new Set(submissions.keys()));
    }
  });

  it('takes the hours of the case: 25,000 on G4, 5,000 on C4, 800 on P3, together $19,578', () => {
    for (const population of populations) {
      const { g4, c4, p3 } = hoursOf(population);
      assert.deepEqual([g4, c4, p3].map(Math.round), [25_000, 5_000, 800]);
      assert.equal(Math.round(g4 * 0.526 + c4 * 0.796 + p3 * 3.06), 19_578);
    }
  });

  it('succeeds for 80 % on G4, and for 94 % on some class', () => {
    for (const { kinds, submissions } of populations) {
      const of = (kind: string): number => [...kinds.values()].filter((other) => other === kind).length;
      assert.equal(of('g4') / 4_200, 0.8);
      const failing = [...submissions].filter(([name, { end }]) => end === 'error' || kinds.get(name) === 'none');
      assert.equal(failing.length / 4_200, 0.06);
    }
  });

  it('keeps every time within the limit of 10 hours on a P3 and 24 on a C4', () => {
    for (const { kinds, submissions } of populations) {
      for (const [name, { secondsPerItem, cpuSecondsPerItem }] of submissions) {
        const onC4 = (cpuSecondsPerItem * 10_000) / 3 / 3600;
        if (kinds.get(name) === 'c4') assert.ok(onC4 < 0.95 * 24, `${onC4}`);
        else assert.ok((secondsPerItem * 10_000) / 3600 < 0.95 * 10 * (15 / 7), name);
      }
    }
  });

  it('is the same for the same seed and another for another', () => {
    const [first, second] = populations;
    assert.deepEqual(casePopulation(caseSeeds[0]), first);
    assert.notDeepEqual(second, first);
  });
});
