import type { Population, SimulatedClass, SimulatedSubmission } from '../simulation/population.ts';
import { RandomStream } from '../random/random-stream.ts';
import { wallClockSeconds } from '../model/run-limits.ts';
import type { RunRules } from '../simulation/simulated-run-result.ts';
import type { Future } from './futures.ts';
import { assumedLossesPerHour, type Knowledge, type PlacedExpectation } from './knowledge.ts';

/** The submissions of a campaign as they may turn out in a future, by what is known of them. Pure. */
export function expectedPopulation(
  knowledge: Knowledge,
  rules: RunRules,
  names: readonly string[],
  future: Future,
): Population {
  const random = new RandomStream(future.seed);
  if (knowledge.kind === 'pilot') return sampledPopulation(knowledge, rules, names, random);
  const { expected } = knowledge;
  const factor = knowledge.kind === 'expect' ? future.factor : 1;
  const speeds = knowledge.kind === 'wall-clock' ? boundingSpeeds(expected, rules) : {};
  const usual = usualSubmission(expected, rules, factor, speeds);
  const [least = 0, larger] = expected.deviceSizesMiB;
  const isBound = knowledge.kind === 'wall-clock';
  const more = (isBound ? expected.deviceSizesMiB.at(-1) : larger) ?? least + 1;
  // With devices of one size nobody thinks of those that fit none, unless the file does.
  const unsaid = larger === undefined ? 0 : future.outOfGpuMemoryShare;
  const { outOfGpuMemoryShare = unsaid, withoutGpuShare = 0 } = expected;
  const large = countOf(names, outOfGpuMemoryShare, random);
  const withoutGpu = countOf(names, withoutGpuShare, random);
  const submissions = new Map<string, SimulatedSubmission>();
  for (const [place, name] of shuffled(names, random).entries()) {
    // A probe shows it for every other one: the others need more for the test set than for the sample.
    const sampleGpuMemoryMiB = place % 2 === 0 && !isBound ? more : usual.gpuMemoryMiB;
    const needs = { gpuMemoryMiB: more, sampleGpuMemoryMiB, ...(isBound && { failsAt: 1 }) };
    if (place < large) submissions.set(name, { ...usual, ...needs });
    else if (place < large + withoutGpu) submissions.set(name, { ...usual, usesGpu: false });
  }
  return { others: usual, submissions, classes: classesOf(rules, speeds) };
}

/** Speeds at which every class takes the whole time that it is promised. */
function boundingSpeeds(
  { runtimeSeconds, speed }: PlacedExpectation,
  { instanceClasses: classes, limits }: RunRules,
): Record<string, number> {
  return Object.fromEntries(
    classes.map((row) => [row.name, (runtimeSeconds * speed) / wallClockSeconds(limits, row, classes)]),
  );
}

function usualSubmission(
  { runtimeSeconds, speed, startUpSeconds = 0 }: PlacedExpectation,
  rules: RunRules,
  factor: number,
  speeds: Record<string, number>,
): SimulatedSubmission {
  const { testSet } = rules;
  const longest = longestWork(rules, speeds);
  const work = Math.min((runtimeSeconds - startUpSeconds) * speed * factor, longest);
  // A hair less than the limit, so that rounding ends nothing by it.
  const secondsPerItem = (work / testSet.items) * (1 - 1e-9);
  return {
    usesGpu: true,
    gpuMemoryMiB: 2,
    hostMemoryMiB: 0,
    startUpSeconds: 0,
    secondsPerItem,
    cpuSecondsPerItem: secondsPerItem,
    spread: 0,
    end: 'predictions',
  };
}

/** The most work that every class for it can do within its wall clock. */
function longestWork({ instanceClasses: classes, limits }: RunRules, speeds: Record<string, number>): number {
  const devices = classes.filter(({ kind }) => kind === 'gpu');
  const carrying = devices.length > 0 ? devices : classes;
  return Math.min(
    ...carrying.map((row) => wallClockSeconds(limits, row, classes) * (speeds[row.name] ?? row.relativeSpeed)),
  );
}

/** The whole number whose mean is the share. */
const countOf = (names: readonly string[], share: number, random: RandomStream): number =>
  Math.floor(names.length * share + random.next());

/**
 * What ran in the pilot needs what it needed. Each of the others is like one of a sample that is drawn anew in every future, so
 * that what a sample of this size may have missed is in the range.
 */
function sampledPopulation(
  { sample, speeds }: Extract<Knowledge, { kind: 'pilot' }>,
  rules: RunRules,
  names: readonly string[],
  random: RandomStream,
): Population {
  const one = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random.next() * items.length)];
    if (item === undefined) throw new RangeError('a pilot has at least one submission');
    return item;
  };
  const measured = [...sample.values()];
  const redrawn = measured.map(() => one(measured));
  const submissions = new Map(names.map((name) => [name, sample.get(name) ?? one(redrawn)]));
  return { others: one(redrawn), submissions, classes: classesOf(rules, speeds) };
}

function classesOf({ instanceClasses }: RunRules, speeds: Record<string, number>): Map<string, SimulatedClass> {
  return new Map(
    instanceClasses.map(({ name, relativeSpeed, purchase }) => {
      const speed = speeds[name] ?? relativeSpeed;
      const lossesPerHour = purchase === 'spot' ? assumedLossesPerHour : 0;
      return [name, { gpuSpeed: speed, cpuSpeed: speed, lossesPerHour }];
    }),
  );
}

function shuffled<Item>(items: readonly Item[], random: RandomStream): Item[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
