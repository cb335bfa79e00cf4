import type { Population, SimulatedClass, SimulatedSubmission } from '../../../src/campaign/simulation/population.ts';
import { RandomStream } from '../../../src/campaign/random/random-stream.ts';

/** How long evaluations take on a class of speed 1, by their mean. */
export type Durations =
  | { kind: 'constant' }
  /** `sigma`: deviation of the logarithm. */
  | { kind: 'log-normal'; sigma: number }
  /** A share takes `factor` times as long as the others. */
  | { kind: 'bimodal'; share: number; factor: number };

/** What the submissions of a simulated campaign are drawn from; shares from 0 to 1. */
export interface Recipe {
  meanSeconds: number;
  durations: Durations;
  /** Items of the test set, over which a submission's seconds are spread. */
  items: number;
  /** Deviation of the logarithm between two runs of a submission. */
  spread: number;
  /** Device memory (MiB) of most, and of the share that needs more; the probe does not see it. */
  gpuMemoryMiB: number;
  large: { share: number; gpuMemoryMiB: number };
  /** Leave the device empty. */
  withoutGpu: number;
  /** End with an error of their own. */
  failing: number;
  classes: ReadonlyMap<string, SimulatedClass>;
}

/** Draws every submission's needs; the same for the same seed and names. Pure. */
export function drawnPopulation(names: readonly string[], recipe: Recipe, seed: number): Population {
  const random = new RandomStream(seed);
  const submissions = new Map(names.map((name) => [name, drawnSubmission(recipe, random)]));
  return { others: drawnSubmission(recipe, random), submissions, classes: recipe.classes };
}

function drawnSubmission(recipe: Recipe, random: RandomStream): SimulatedSubmission {
  const secondsPerItem = (recipe.meanSeconds * factorOf(recipe.durations, random)) / recipe.items;
  const isLarge = random.next() < recipe.large.share;
  const usesGpu = random.next() >= recipe.withoutGpu || isLarge;
  return {
    usesGpu,
    gpuMemoryMiB: isLarge ? recipe.large.gpuMemoryMiB : recipe.gpuMemoryMiB,
    sampleGpuMemoryMiB: recipe.gpuMemoryMiB,
    hostMemoryMiB: 4_000,
    startUpSeconds: 0,
    secondsPerItem,
    cpuSecondsPerItem: secondsPerItem,
    spread: recipe.spread,
    end: random.next() < recipe.failing ? 'error' : 'predictions',
  };
}

/** Has the mean 1. */
function factorOf(durations: Durations, random: RandomStream): number {
  switch (durations.kind) {
    case 'constant':
      return 1;
    case 'log-normal':
      return Math.exp(durations.sigma * random.normal() - durations.sigma ** 2 / 2);
    case 'bimodal': {
      const { share, factor } = durations;
      return (random.next() < share ? factor : 1) / (1 - share + share * factor);
    }
  }
}
