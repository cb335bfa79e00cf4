import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { costOfRuns } from '../../campaign/model/money.ts';
import {
  pilotName,
  pilotPlatformRuns,
  pilotWorstCase,
  type PilotOrder,
  type PilotRun,
} from '../../campaign/planning/pilot-sample.ts';
import { usesDevice } from '../../campaign/evaluation/resource-profile.ts';
import { wallClockSeconds } from '../../campaign/model/run-limits.ts';
import type { RunOutcome } from '../../campaign/model/run-outcome.ts';
import { parseDuration } from '../../campaign/model/units.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { runKeyOf } from '../../ids.ts';
import { collectResults } from '../../ledger/results.ts';
import type { Access } from '../access.ts';
import { sha256 } from '../../sha256.ts';
import { runObjects } from '../../object-keys.ts';

/** The submissions to run on one class; `tries` counts their earlier pilot runs there. */
export interface PilotRuns {
  instanceClass: InstanceClass;
  orders: (Omit<PilotOrder, 'pilot'> & { tries: number })[];
}

/** A pilot is limited by its budget; the campaign's deadline, which the plan may change, must not limit it. */
const pilotDeadline = '52w';

/**
 * A campaign of one class that runs each of the orders once, within the budget that was announced. Its name contains a digest
 * of its content less pseudonyms: the same pilot is the same campaign, and a different one has a different name.
 */
export function pilotCampaign(checked: CheckedCampaign, { instanceClass, orders }: PilotRuns): CheckedCampaign {
  const { sampleSet: _sampleSet, expect: _expect, deadline: _deadline, teamNames, ...rules } = checked;
  const { campaign, limits, instanceClasses: classes, fairness } = checked;
  const wanted = new Set(orders.map(({ submission }) => submission));
  const rows = checked.submissions.filter(({ submission }) => wanted.has(submission));
  const pilot = {
    ...rules,
    submissions: rows.map(({ pseudonym: _name, ...row }) => row),
    deadlineAsWritten: pilotDeadline,
    budget: { microUsd: pilotWorstCase(orders, limits, classes), rerunReserveShare: 0 },
    limits: {
      ...limits,
      wallClockOn: instanceClass.name,
      wallClockSeconds: wallClockSeconds(limits, instanceClass, classes),
      attempts: 1,
      platformRuns: pilotPlatformRuns,
    },
    fairness: { ...fairness, weights: {} },
    instanceClasses: [instanceClass],
  };
  const digest = sha256(JSON.stringify([pilot, orders])).slice(0, 8);
  const deadline = new Date(Date.now() + 1_000 * (parseDuration(pilotDeadline) ?? 0)).toISOString();
  return {
    ...pilot,
    submissions: rows,
    ...(teamNames && { teamNames }),
    campaign: pilotName(campaign, instanceClass.name, digest),
    deadline,
  };
}

/** Times and peaks of a pilot's runs, from its ledger and the runners' outcomes. */
export async function pilotRunsOf(access: Access, pilot: string, orders: readonly PilotOrder[]): Promise<PilotRun[]> {
  const { store, buckets, frozen } = access;
  const campaign = await frozen.campaign(pilot);
  const { submissions } = await collectResults(access.results, campaign);
  const found = submissions.map(async ({ submission, reason, runs }): Promise<PilotRun[]> => {
    const last = runs.at(-1);
    const key = runObjects.outcome(runKeyOf(pilot, submission, last?.n ?? 0));
    const outcome = last && (await store.findJson<RunOutcome>(buckets.runs, key));
    const device = outcome?.device;
    const run = {
      items: campaign.testSet.items,
      // A successful run may have left predictions that cannot be scored.
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
