import type { Population, SimulatedClass, SimulatedSubmission } from '../../../src/campaign/simulation/population.ts';
import { RandomStream } from '../../../src/campaign/random/random-stream.ts';

/** Distribution of evaluation durations on a class with speed 1, relative to their mean. */
export type Durations =
  | { kind: 'constant' }
  /** `sigma`: standard deviation of the logarithm. */
  | { kind: 'log-normal'; sigma: number }
  /** A share of the evaluations takes `factor` times as long as the others. */
  | { kind: 'bimodal'; share: number; factor: number };

/** Parameters from which the submissions of a simulated campaign are drawn; shares from 0 to 1. */
export interface PopulationRecipe {
  meanSeconds: number;
  durations: Durations;
  /** Items of the test set; each takes the same part of a submission's seconds. */
  items: number;
  /** Standard deviation of the logarithm between two runs of a submission. */
  spread: number;
  /** GPU memory (MiB) of most submissions, and of the share that needs more, which a probe does not show. */
  gpuMemoryMiB: number;
  large: { share: number; gpuMemoryMiB: number };
  /** Share that does not use the GPU. */
  withoutGpu: number;
  /** Share that fails with its own error. */
  failing: number;
  classes: ReadonlyMap<string, SimulatedClass>;
}

/** Draws every submission's needs; the same for the same seed and names. */
export function drawnPopulation(names: readonly string[], recipe: PopulationRecipe, seed: number): Population {
  const random = new RandomStream(seed);
  const submissions = new Map(names.map((name) => [name, drawnSubmission(recipe, random)]));
  return { others: drawnSubmission(recipe, random), submissions, classes: recipe.classes };
}

function drawnSubmission(recipe: PopulationRecipe, random: RandomStream): SimulatedSubmission {
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

/** Random with mean 1. */
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
