import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { costOfRuns } from '../../campaign/model/money.ts';
import {
  pilotName,
  pilotPlatformRuns,
  pilotWorst,
  type PilotOrder,
  type PilotRun,
} from '../../campaign/planning/pilot.ts';
import { usesDevice } from '../../campaign/evaluation/resource-profile.ts';
import { wallClockSeconds } from '../../campaign/model/run-limits.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import { parseDuration } from '../../campaign/model/units.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { runKeyOf, runObjects } from '../../ids.ts';
import { collectResults } from '../../ledger/results.ts';
import type { Access } from '../access.ts';
import { sha256 } from '../../sha256.ts';

/** What is to run on one class, and how often each of it was tried before. */
export interface PilotRuns {
  on: InstanceClass;
  orders: (Omit<PilotOrder, 'pilot'> & { tries: number })[];
}

/** Its budget bounds a pilot; a deadline that plans are made to move must not. */
const pilotDeadline = '52w';

/**
 * The campaign of one class in which each of the orders has one try, on the money that was announced for it. Its name stands
 * for all that it is made of: the same pilot again is the same campaign, and another one never meets it.
 */
export function pilotCampaign(checked: CheckedCampaign, { on, orders }: PilotRuns): CheckedCampaign {
  const { sampleSet: _unprobed, expect: _unneeded, deadline: _own, ...rules } = checked;
  const { campaign, limits, instanceClasses: classes, fairness } = checked;
  const wanted = new Set(orders.map(({ submission }) => submission));
  const pilot = {
    ...rules,
    submissions: checked.submissions.filter(({ submission }) => wanted.has(submission)),
    deadlineAsWritten: pilotDeadline,
    budget: { microUsd: pilotWorst(orders, limits, classes), rerunReserveShare: 0 },
    limits: {
      ...limits,
      wallClockOn: on.name,
      wallClockSeconds: wallClockSeconds(limits, on, classes),
      attempts: 1,
      platformRuns: pilotPlatformRuns,
    },
    fairness: { ...fairness, weights: {} },
    instanceClasses: [on],
  };
  const digest = sha256(JSON.stringify([pilot, orders])).slice(0, 8);
  const deadline = new Date(Date.now() + 1_000 * (parseDuration(pilotDeadline) ?? 0)).toISOString();
  return { ...pilot, campaign: pilotName(campaign, on.name, digest), deadline };
}

/** What a pilot's runs took and used, by its ledger and the runners' outcomes. */
export async function pilotRunsOf(access: Access, pilot: string, orders: readonly PilotOrder[]): Promise<PilotRun[]> {
  const { store, buckets, frozen } = access;
  const campaign = await frozen.campaign(pilot);
  const { submissions } = await collectResults(store, buckets.results, campaign);
  const found = submissions.map(async ({ submission, reason, runs }): Promise<PilotRun[]> => {
    const last = runs.at(-1);
    const key = runObjects.outcome(runKeyOf(pilot, submission, last?.n ?? 0));
    const outcome = last && (await store.findJson<RunOutcome>(buckets.runs, key));
    const device = outcome?.device;
    const run = {
      items: campaign.testSet.items,
      // A run that ended well may have left predictions that cannot be scored.
      reason: last?.reason ?? reason,
      billedSeconds: last?.billedSeconds ?? 0,
      costMicroUsd: costOfRuns(runs),
      seconds: outcome?.seconds ?? null,
      devicePeakMiB: device ? (usesDevice(device) ? device.peakMiB : 0) : null,
    };
    return orders.filter((order) => order.submission === submission).map((order) => ({ ...order, ...run }));
  });
  return (await Promise.all(found)).flat();
}
