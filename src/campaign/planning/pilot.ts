import { campaignPattern } from '../../ids.ts';
import type { InstanceClass, Limits } from '../frozen-campaign.ts';
import type { Reason } from '../reasons.ts';
import { worstCostMicroUsd } from '../run-limits.ts';
import { drawOf } from '../seeded-draw.ts';

/** What a pilot found: some submissions, each run once on every class. Kept, so that later plans need none. */
export interface PilotRecord {
  version: 1;
  campaign: string;
  /** ISO instant of its end. */
  endedAt: string;
  /** Inputs of the test set. */
  items: number;
  runs: PilotRun[];
}

export interface PilotRun {
  submission: string;
  class: string;
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
  return [...before, ...order.filter((name) => !before.has(name))].slice(0, Math.max(count, before.size));
}

/** The most that a pilot can cost, in micro-dollars: every run, and its repetition, to Batch's own time-out. Pure. */
export const pilotWorst = (count: number, limits: Limits, classes: readonly InstanceClass[]): number =>
  count * (1 + pilotPlatformRuns) * classes.reduce((sum, on) => sum + worstCostMicroUsd(limits, on, classes), 0);

/** Names of the pilots of a campaign, one campaign for every class; the same every time. Pure. */
export function pilotCampaigns(campaign: string, classes: readonly InstanceClass[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const [place, { name }] of classes.entries()) {
    const written = `${campaign}-pilot-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
    const isFree = campaignPattern.test(written) && ![...names.values()].includes(written);
    // Too long, or two classes that differ in their signs alone.
    names.set(name, isFree ? written : `${campaign.slice(0, 40 - 10)}-pilot-${place}`);
  }
  return names;
}
