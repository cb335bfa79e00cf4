import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { dollars } from '../../campaign/model/money.ts';
import { runConditions } from '../../campaign/planning/pilot-conditions.ts';
import { isSameRun, sortedRuns, unfitBecause } from '../../campaign/planning/pilot-fit.ts';
import {
  pilotSample,
  pilotWorstCase,
  type PilotOrder,
  type PilotRecord,
} from '../../campaign/planning/pilot-sample.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import { counted } from '../../safe-text.ts';
import { confirmed } from '../confirm.ts';
import { inStack } from '../stack/in-stack.ts';
import type { Output } from '../output.ts';
import type { PilotRuns } from './pilot-campaign.ts';
import { conditionsOf } from './conditions-of-file.ts';
import { findPilot } from './pilot-record.ts';
import { handInPilots, measurePilots, type PilotResult, type PilotWork } from './pilot-work.ts';
import { teamsOf } from '../plan/plan-request.ts';

interface PilotOptions {
  count: number;
  /** The planned classes. */
  classes: readonly InstanceClass[];
  yes: boolean;
}

/**
 * Runs a sample of the submissions once on every class and saves the measurements. Each class is a small campaign with
 * its own ledger and budget. Only missing measurements are run; current runs continue.
 */
export async function runPilot(
  checked: CheckedCampaign,
  options: PilotOptions,
  output: Output,
): Promise<PilotResult | { kind: 'declined' }> {
  const { limits, instanceClasses, campaign } = checked;
  const { classes, yes } = options;
  const record = (await findPilot(homeFolder(), campaign)) ?? noPilot(campaign);
  const { sample, ...work } = await workOf(checked, record, options);
  const runs = work.wanted.flatMap(({ orders }) => orders);
  const all = sample.length * classes.length;
  const on = `${classes.length > 1 ? 'each of ' : ''}${classes.map(({ name }) => name).join(', ')}`;
  const what = `${counted(sample.length, 'submission')} once on ${on}`;
  if (runs.length === 0) {
    output.say(`the pilot of ${what} is already measured`);
    return { kind: 'ended' };
  }
  const there = runs.length < all ? ` (${all - runs.length} of these ${all} runs are already measured)` : '';
  const most = dollars(pilotWorstCase(runs, limits, instanceClasses));
  const meaning = [
    `the pilot runs ${what}${there}: at most ${most}, usually far less, in addition to the campaign's budget`,
  ];
  if (!(await confirmed(meaning, `Run the pilot of ${campaign}?`, { yes, output }))) return { kind: 'declined' };
  return inStack(classes, output, async (access) =>
    measurePilots(access, record, await handInPilots(access, checked, work, output), output),
  );
}

const noPilot = (campaign: string): PilotRecord => ({ version: 2, campaign, endedAt: '', runs: [], begun: [] });

/** The sample, and its runs that are not measured yet. */
async function workOf(
  checked: CheckedCampaign,
  { runs, begun }: PilotRecord,
  { count, classes }: PilotOptions,
): Promise<PilotWork & { sample: string[] }> {
  const known = await conditionsOf(checked, namesIn([...runs, ...begun]));
  const { measured } = sortedRuns(runs, known);
  const underWay = begun.filter((order) => unfitBecause(order, known) === undefined);
  const sample = pilotSample(teamsOf(checked), checked.fairness.seed, count, namesIn([...measured, ...underWay]));
  const now = await conditionsOf(checked, new Set(sample), known.images);
  const ordersOn = (name: string): PilotRuns['orders'] =>
    sample.flatMap((submission) => {
      const placed = { submission, class: name };
      const conditions = runConditions(now, placed);
      if (conditions === undefined || measured.some((run) => isSameRun(run, placed))) return [];
      return { ...placed, conditions, tries: runs.filter((run) => isSameRun(run, placed)).length };
    });
  return {
    sample,
    wanted: classes.map((instanceClass) => ({ instanceClass, orders: ordersOn(instanceClass.name) })),
    underWay,
  };
}

const namesIn = (runs: readonly PilotOrder[]): Set<string> => new Set(runs.map(({ submission }) => submission));
