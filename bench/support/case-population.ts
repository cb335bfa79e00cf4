import type { Population, SimulatedSubmission } from '../../src/campaign/simulation/population.ts';
import { RandomStream } from '../../src/campaign/random/random-stream.ts';
import { teamsOfTheCase } from '../../test/support/campaigns/simulated-campaign.ts';

/**
 * The case's submissions, drawn so that they add up to its totals: 4,200 submissions of 2,300 teams, 25,000 h on
 * g4dn.xlarge, 5,000 h on c4.4xlarge and 800 h on p3.2xlarge, together $19,578; 80 % of the submissions ended on G4;
 * 94 % were reproduced. These are the case's own numbers. The rest are assumptions, fixed before any policy was run:
 *
 * - 200 submissions need more device memory than a T4 has and fit a V100; 40 fit neither; 600 leave the device empty.
 * - 212 more fail with their own error at some point of their run. With the 40 that is 6 %.
 * - Times are log-normal (sigma 0.5) around their kind's mean, none beyond 2.5 times that mean: submissions had to
 *   respect the competition's own limit. The means follow from the totals if submissions run as the case's engineer
 *   assigned them: on C4 those that leave the device empty, on G4 the others, and then on P3 those that ran out of
 *   memory on G4.
 * - A failing run fails at any moment with equal probability, so half of it is paid on average.
 * - Peaks lie evenly between 2,000 and 14,900 MiB, those of the 200 between 15,150 and 16,100 MiB. For half of all
 *   submissions, the sample shows the whole peak; for the others, the test set needs up to 1.3 times as much.
 * - Two runs of one submission differ by 5 %. Model loading takes a minute everywhere.
 * - A V100 is 90,000 h / 42,000 h = 2.142857 times as fast as a T4: the case's plan. A c4.4xlarge has 16 vCPUs where a
 *   g4dn.xlarge has 4 newer ones: 3 times as fast for work without a device. Work for a device takes 20 times as long
 *   without one.
 */
export const caseSeeds = [2020, 4200, 19_578, 31_415, 92_000] as const;

export const itemsOfTheCase = { testSet: 10_000, sampleSet: 50 } as const;

/** Speeds of the classes, relative to g4dn.xlarge; work that leaves the device empty has its own. */
const classes = {
  'g4dn.xlarge': { gpuSpeed: 1, cpuSpeed: 1, lossesPerHour: 0 },
  'p3.2xlarge': { gpuSpeed: 15 / 7, cpuSpeed: 2, lossesPerHour: 0 },
  'c4.4xlarge': { gpuSpeed: 1, cpuSpeed: 3, lossesPerHour: 0 },
} as const;

/** The class that fits the needs: `none` are too large for every device. */
export type CaseKind = 'g4' | 'c4' | 'p3' | 'none';

export interface CasePopulation extends Population {
  teams: string[][];
  kinds: ReadonlyMap<string, CaseKind>;
}

interface Drawn {
  name: string;
  kind: CaseKind;
  errs: boolean;
  /** Relative to the mean of its kind. */
  duration: number;
  gpuMemoryMiB: number;
  /** Need of the test set divided by the need that the sample shows. */
  growth: number;
}

const counts = { c4: 600, p3: 200, none: 40, erring: 212 };
const startUpSeconds = 60;
const sigma = 0.5;
const longest = 2.5;
const hours = { g4: 25_000, c4: 5_000, p3: 800 };

/** Draws the case's population; the same for the same seed. */
export function casePopulation(seed: number): CasePopulation {
  const random = new RandomStream(seed);
  const teams = teamsOfTheCase(4_200).map((count, team) => Array.from({ length: count }, (_, n) => `s${team}-${n}`));
  const drawn = random.shuffled(teams.flat()).map((name, place) => drawnOne(name, kindAt(place), random));
  const sound = drawn.filter(({ kind }) => kind !== 'none');
  for (const one of random.shuffled(sound).slice(0, counts.erring)) one.errs = true;
  const means = meanSeconds(drawn);
  const submissions = new Map(drawn.map((one) => [one.name, needsOf(one, means)]));
  const [others] = submissions.values();
  if (others === undefined) throw new RangeError('the case has submissions');
  const kinds = new Map(drawn.map(({ name, kind }) => [name, kind]));
  return { teams, kinds, others, submissions, classes: new Map(Object.entries(classes)) };
}

function kindAt(place: number): CaseKind {
  if (place < counts.c4) return 'c4';
  if (place < counts.c4 + counts.p3) return 'p3';
  return place < counts.c4 + counts.p3 + counts.none ? 'none' : 'g4';
}

function drawnOne(name: string, kind: CaseKind, random: RandomStream): Drawn {
  const between = (least: number, most: number): number => least + (most - least) * random.next();
  const memory = { g4: between(2_000, 14_900), c4: 0, p3: between(15_150, 16_100), none: between(16_500, 24_000) };
  const growth = random.next() < 0.5 ? 1 : between(1, 1.3);
  return { name, kind, errs: false, duration: drawnDuration(random), gpuMemoryMiB: memory[kind], growth };
}

function drawnDuration(random: RandomStream): number {
  for (;;) {
    const duration = Math.exp(sigma * random.normal() - sigma ** 2 / 2);
    if (duration <= longest) return duration;
  }
}

/** Seconds that a submission of duration 1 takes beyond its start-up: on C4 if it needs no device, else on G4. */
interface Means {
  c4: number;
  /** Of submissions that need a V100, by the case's P3 hours. The next field is for all others. */
  large: number;
  g4: number;
}

/** The means that give the totals; half of every failing run is paid on average. */
function meanSeconds(drawn: readonly Drawn[]): Means {
  const sums = {
    c4: { runs: 0, work: 0 },
    large: { runs: 0, work: 0 },
    largeTry: { runs: 0, work: 0 },
    g4: { runs: 0, work: 0 },
  };
  const add = (to: keyof typeof sums, { duration }: Drawn, part: number): void => {
    sums[to].runs += part;
    sums[to].work += part * duration;
  };
  for (const one of drawn) {
    const part = one.errs || one.kind === 'none' ? 0.5 : 1;
    if (one.kind === 'c4') add('c4', one, part);
    else if (one.kind === 'g4') add('g4', one, part);
    else {
      add('large', one, part);
      add('largeTry', one, 0.5);
    }
  }
  const c4 = (hours.c4 * 3600 - sums.c4.runs * startUpSeconds) / sums.c4.work;
  const large =
    ((hours.p3 * 3600 - sums.large.runs * startUpSeconds) / sums.large.work) * classes['p3.2xlarge'].gpuSpeed;
  const triedOnG4 = sums.largeTry.runs * startUpSeconds + sums.largeTry.work * large;
  const g4 = (hours.g4 * 3600 - triedOnG4 - sums.g4.runs * startUpSeconds) / sums.g4.work;
  return { c4, large, g4 };
}

function needsOf({ kind, errs, duration, gpuMemoryMiB, growth }: Drawn, means: Means): SimulatedSubmission {
  const usesGpu = kind !== 'c4';
  const onG4 = (duration * (kind === 'g4' ? means.g4 : means.large)) / itemsOfTheCase.testSet;
  const onC4 = (duration * means.c4 * classes['c4.4xlarge'].cpuSpeed) / itemsOfTheCase.testSet;
  return {
    usesGpu,
    gpuMemoryMiB,
    sampleGpuMemoryMiB: gpuMemoryMiB / growth,
    hostMemoryMiB: 4_000,
    startUpSeconds,
    secondsPerItem: usesGpu ? onG4 : 0,
    cpuSecondsPerItem: usesGpu ? onG4 * 20 : onC4,
    spread: 0.05,
    end: errs ? 'error' : 'predictions',
  };
}
