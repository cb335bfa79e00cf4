import { campaignPattern } from '../../ids.ts';
import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import type { Reason } from '../model/reasons.ts';
import { drawOf } from '../random/seeded-draw.ts';
import type { RunConditions } from './pilot-conditions.ts';
import { worstCostMicroUsd } from '../model/money.ts';

/** The finished and running runs of a campaign's pilots, kept for later plans. */
export interface PilotRecord {
  version: 2;
  campaign: string;
  /** ISO instant at which the last of them ended. */
  endedAt: string;
  runs: PilotRun[];
  /** Handed in, and not known to have ended. */
  begun: PilotOrder[];
}

/** A submission that runs once on a class. */
export interface PilotOrder {
  /** The campaign that runs it. */
  pilot: string;
  submission: string;
  class: string;
  conditions: RunConditions;
}

export interface PilotRun extends PilotOrder {
  /** Inputs of the test set. */
  items: number;
  /** Null if the run succeeded. If the image was refused, nothing was billed. */
  reason: Reason | null;
  billedSeconds: number;
  /** Cost of all its runs on the class; a run that the platform failed is repeated. */
  costMicroUsd: number;
  /** Seconds of the container; null without an outcome. */
  seconds: number | null;
  /** Null on a class without a GPU, 0 if the run did not use it. */
  devicePeakMiB: number | null;
}

/** Maximum of repetitions of a run that the platform failed. */
export const pilotPlatformRuns = 1;

/**
 * The submissions that a pilot runs: one each of as many teams as possible, in the order that the published seed gives.
 * Those of an earlier pilot (`before`) come first, so that a larger pilot includes them even if rows were added since.
 */
export function pilotSample(
  teams: readonly (readonly string[])[],
  seed: number,
  count: number,
  before: ReadonlySet<string> = new Set(),
): string[] {
  const drawn = (names: readonly string[]): string[] =>
    [...names].sort((a, b) => drawOf(seed, 'pilot', a) - drawOf(seed, 'pilot', b));
  const queues = teams
    .map(drawn)
    .sort(([a = ''], [b = '']) => drawOf(seed, 'pilot', 'team', a) - drawOf(seed, 'pilot', 'team', b));
  const rounds = Math.max(0, ...queues.map(({ length }) => length));
  const order = Array.from({ length: rounds }, (_, round) => queues.flatMap((queue) => queue[round] ?? [])).flat();
  return [...before, ...order.filter((name) => !before.has(name))].slice(0, count);
}

/** The most that runs of a pilot can cost in micro-dollars: each run and its repetition last until Batch's own time-out. */
export const pilotWorstCase = (
  runs: readonly Pick<PilotOrder, 'class'>[],
  limits: Limits,
  classes: readonly InstanceClass[],
): number =>
  classes.reduce(
    (sum, instanceClass) =>
      sum +
      runs.filter((run) => run.class === instanceClass.name).length *
        (1 + pilotPlatformRuns) *
        worstCostMicroUsd(limits, instanceClass, classes),
    0,
  );

/** Name of a pilot's campaign on a class; `digest`: eight characters that are unique to the pilot. */
export function pilotName(campaign: string, className: string, digest: string): string {
  const name = `${campaign}-pilot-${className.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${digest}`;
  return campaignPattern.test(name) ? name : `${campaign.slice(0, 40 - 15)}-pilot-${digest}`;
}
