import type { Population, SimulatedClass, SimulatedSubmission } from '../simulation/population.ts';
import { RandomStream } from '../random/random-stream.ts';
import { wallClockSeconds } from '../model/run-limits.ts';
import type { RunRules } from '../simulation/simulated-run-result.ts';
import type { Future } from './futures.ts';
import { assumedLossesPerHour } from './assumptions.ts';
import type { Knowledge, ResolvedExpectation } from './knowledge.ts';

/** The submissions of a campaign in one future, derived from what is known about them. */
export function expectedPopulation(
  knowledge: Knowledge,
  rules: RunRules,
  names: readonly string[],
  future: Future,
): Population {
  const random = new RandomStream(future.seed);
  if (knowledge.kind === 'pilot') return sampledPopulation(knowledge, rules, names, random);
  const { expected } = knowledge;
  const isBound = knowledge.kind === 'wall-clock';
  const factor = knowledge.kind === 'expect' ? future.durationFactor : 1;
  const speeds = isBound ? boundingSpeeds(expected, rules) : {};
  const usual = usualSubmission(expected, rules, factor, speeds);
  const [smallest = 0, second] = expected.deviceSizesMiB;
  const largeMiB = (isBound ? expected.deviceSizesMiB.at(-1) : second) ?? smallest + 1;
  // If all GPUs have one size, every submission is assumed to fit, unless the file says otherwise.
  const assumedShare = second === undefined ? 0 : future.outOfGpuMemoryShare;
  const { outOfGpuMemoryShare = assumedShare, withoutGpuShare = 0 } = expected;
  const largeCount = countOf(names, outOfGpuMemoryShare, random);
  const withoutGpuCount = countOf(names, withoutGpuShare, random);
  const submissions = new Map<string, SimulatedSubmission>();
  for (const [index, name] of random.shuffled(names).entries()) {
    // A probe shows the need of every second one; the others need more for the test set than for the sample.
    const sampleGpuMemoryMiB = index % 2 === 0 && !isBound ? largeMiB : usual.gpuMemoryMiB;
    const needs = { gpuMemoryMiB: largeMiB, sampleGpuMemoryMiB, ...(isBound && { failsAt: 1 }) };
    if (index < largeCount) submissions.set(name, { ...usual, ...needs });
    else if (index < largeCount + withoutGpuCount) submissions.set(name, { ...usual, usesGpu: false });
  }
  return { others: usual, submissions, classes: classesOf(rules, speeds) };
}

/** Speeds at which a run takes its whole wall clock on every class. */
function boundingSpeeds(
  { runtimeSeconds, speed }: ResolvedExpectation,
  { instanceClasses: classes, limits }: RunRules,
): Record<string, number> {
  return Object.fromEntries(
    classes.map((row) => [row.name, (runtimeSeconds * speed) / wallClockSeconds(limits, row, classes)]),
  );
}

function usualSubmission(
  { runtimeSeconds, speed, startUpSeconds = 0 }: ResolvedExpectation,
  rules: RunRules,
  factor: number,
  speeds: Record<string, number>,
): SimulatedSubmission {
  const { testSet } = rules;
  const longest = longestWork(rules, speeds);
  const work = Math.min((runtimeSeconds - startUpSeconds) * speed * factor, longest);
  // Slightly less than the limit, so that rounding does not exceed it.
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

/** The most work that fits into the wall clock on every suitable class. */
function longestWork({ instanceClasses: classes, limits }: RunRules, speeds: Record<string, number>): number {
  const withGpu = classes.filter(({ kind }) => kind === 'gpu');
  const suitable = withGpu.length > 0 ? withGpu : classes;
  return Math.min(
    ...suitable.map((row) => wallClockSeconds(limits, row, classes) * (speeds[row.name] ?? row.relativeSpeed)),
  );
}

/** A whole number whose mean is this share of the names. */
const countOf = (names: readonly string[], share: number, random: RandomStream): number =>
  Math.floor(names.length * share + random.next());

/**
 * Submissions of the pilot have the measured needs. Each of the others resembles one of a bootstrap resample of the
 * pilot, so that the futures cover the sampling error.
 */
function sampledPopulation(
  { sample, speeds }: Extract<Knowledge, { kind: 'pilot' }>,
  rules: RunRules,
  names: readonly string[],
  random: RandomStream,
): Population {
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(random.next() * items.length)];
    if (item === undefined) throw new RangeError('a pilot has at least one submission');
    return item;
  };
  const measured = [...sample.values()];
  const resampled = measured.map(() => pick(measured));
  const submissions = new Map(names.map((name) => [name, sample.get(name) ?? pick(resampled)]));
  return { others: pick(resampled), submissions, classes: classesOf(rules, speeds) };
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
