import { campaignPattern } from '../../ids.ts';
import type { InstanceClass, Limits } from '../model/frozen-campaign.ts';
import type { Reason } from '../model/reasons.ts';
import { worstCostMicroUsd } from '../model/run-limits.ts';
import { drawOf } from '../random/seeded-draw.ts';
import type { RunConditions } from './pilot-conditions.ts';

/** What the pilots of a campaign found, and what of them is under way. Kept, so that later plans need none. */
export interface PilotRecord {
  version: 2;
  campaign: string;
  /** ISO instant at which the last of them ended. */
  endedAt: string;
  runs: PilotRun[];
  /** Handed in, and not known to have ended. */
  begun: PilotOrder[];
}

/** A submission that is to run once on a class. */
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
  /** Null when the run ended well; of an image that was refused, why, and nothing was billed. */
  reason: Reason | null;
  billedSeconds: number;
  /** Of all its runs on the class: one may have been repeated for the platform's reasons. */
  costMicroUsd: number;
  /** Of the container; null when there is no outcome. */
  seconds: number | null;
  /** Null on a class without a device, 0 where the run left it empty. */
  devicePeakMiB: number | null;
}

/** Runs beyond the first for the platform's reasons, at most. */
export const pilotPlatformRuns = 1;

/**
 * The submissions that a pilot runs: of as many teams as possible one each, teams and submissions in the order that the
 * published seed draws. Those of an earlier pilot come first, so that a larger one has them in it whatever rows came since. Pure.
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

/** The most that runs of a pilot can cost, in micro-dollars: each, and its repetition, to Batch's own time-out. Pure. */
export const pilotWorst = (
  runs: readonly Pick<PilotOrder, 'class'>[],
  limits: Limits,
  classes: readonly InstanceClass[],
): number =>
  classes.reduce(
    (sum, on) =>
      sum +
      runs.filter((run) => run.class === on.name).length *
        (1 + pilotPlatformRuns) *
        worstCostMicroUsd(limits, on, classes),
    0,
  );

/** Name of a pilot's campaign on a class; `digest`: eight characters that no other pilot has. Pure. */
export function pilotName(campaign: string, onClass: string, digest: string): string {
  const written = `${campaign}-pilot-${onClass.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${digest}`;
  return campaignPattern.test(written) ? written : `${campaign.slice(0, 40 - 15)}-pilot-${digest}`;
}
