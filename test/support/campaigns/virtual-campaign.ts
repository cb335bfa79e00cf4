import type { FrozenCampaign, InstanceClass } from '../../../src/campaign/model/frozen-campaign.ts';
import { drawnPopulation, type Durations } from './drawn-population.ts';
import type { Simulation } from './simulate-campaign.ts';
import { frozenCampaign } from './frozen-campaign.ts';

/** A campaign on a virtual clock, on a cheap and an expensive class like the case's G4 and P3; shares from 0 to 1. */
export interface VirtualShape {
  seed: number;
  /** Submissions of each team. */
  teams: readonly number[];
  slots: { cheap: number; expensive: number };
  /** On the cheap class. */
  meanSeconds: number;
  durations: Durations;
  /** Standard deviation of the logarithm between two runs of a submission. */
  spread: number;
  /** Share that runs out of GPU memory on the cheap class. */
  large: number;
  failing: number;
  probed: boolean;
  /** Runs that the platform loses per hour of running. */
  lossesPerHour: number;
  perTeamInFlight: number;
  /** Seconds after the start; absent: far away. */
  deadline?: number;
  /** Seconds between forecasts; without them the deadline is never at risk. */
  tick?: number;
  /** See {@link Simulation}. */
  expedited?: boolean;
}

export const startsAt = Date.parse('2026-01-01T00:00:00Z');
const hour = 3600;
const farAway = 50 * 365 * 24 * hour;

/** The simulation of a shape; the same for the same seed. */
export function virtualCampaign(shape: VirtualShape): Simulation {
  const {
    seed,
    meanSeconds,
    durations,
    spread,
    failing,
    lossesPerHour,
    tick,
    expedited = tick === undefined ? false : undefined,
  } = shape;
  const teams = shape.teams.map((count, team) => Array.from({ length: count }, (_, n) => `t${team}-${n}`));
  const frozen = frozenOf(shape);
  const population = drawnPopulation(
    teams.flat(),
    {
      meanSeconds,
      durations,
      items: frozen.testSet.items,
      spread,
      gpuMemoryMiB: 8_000,
      large: { share: shape.large, gpuMemoryMiB: 15_600 },
      withoutGpu: 0.1,
      failing,
      classes: new Map(
        frozen.instanceClasses.map(({ name, relativeSpeed }) => [
          name,
          { gpuSpeed: relativeSpeed, cpuSpeed: 1, lossesPerHour },
        ]),
      ),
    },
    seed,
  );
  const delays = { pull: 120, handOver: 30, tick: tick ?? farAway };
  return { frozen, teams, population, seed, startsAt, delays, ...(expedited !== undefined && { expedited }) };
}

function frozenOf({ slots, probed, deadline = farAway, perTeamInFlight }: VirtualShape): FrozenCampaign {
  const { sampleSet, ...frozen } = frozenCampaign();
  return {
    ...frozen,
    ...(probed && sampleSet && { sampleSet }),
    deadline: new Date(startsAt + deadline * 1000).toISOString(),
    budget: { microUsd: 1e13, rerunReserveShare: 0 },
    limits: { ...frozen.limits, wallClockSeconds: 48 * hour, wallClockOn: 'cheap', memoryMiB: 14_000, platformRuns: 5 },
    fairness: { ...frozen.fairness, perTeamInFlight },
    instanceClasses: [
      row('cheap', { slots: slots.cheap }),
      row('expensive', {
        slots: slots.expensive,
        gpuMemoryMiB: 16_160,
        microUsdPerHour: 3_060_000,
        relativeSpeed: 2.14,
      }),
    ],
  };
}

const row = (name: string, change: Partial<InstanceClass>): InstanceClass => ({
  name,
  kind: 'gpu',
  gpu: 'nvidia',
  queue: name,
  vcpus: 4,
  memoryMiB: 15_000,
  gpuMemoryMiB: 15_109,
  microUsdPerHour: 526_000,
  relativeSpeed: 1,
  slots: 1,
  purchase: 'spot',
  runnableLimitSeconds: 6 * hour,
  ...change,
});
