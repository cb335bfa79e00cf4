import { isSameRun } from '../../campaign/planning/pilot-fit.ts';
import type { PilotOrder, PilotRecord } from '../../campaign/planning/pilot.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { freezeCampaign } from '../../intake/freeze-campaign.ts';
import { shownPath } from '../../intake/locate.ts';
import { resultObjects } from '../../ids.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import type { Access } from '../access.ts';
import { isCampaignDone } from '../operator/run-campaign.ts';
import type { Output } from '../output.ts';
import { pilotCampaign, pilotRunsOf, type PilotRuns } from './pilot-campaign.ts';
import { keepPilot } from './pilot-record.ts';
import { startWorkflow } from '../operator/start-workflow.ts';
import { watchCampaign } from '../status/watch.ts';

/** What of a sample is not measured, by class, and what was begun before. */
export interface PilotWork {
  wanted: readonly PilotRuns[];
  going: readonly PilotOrder[];
}

/** What became of a pilot: its runs are on record, or a part of it waits for an operator. */
export type Measured = { kind: 'ended' } | { kind: 'blocked'; campaign: string };

/** Hands in what was not begun before and starts nothing, so that a refusal costs nothing; answers who runs what. */
export async function begin(
  { store, buckets }: Access,
  checked: CheckedCampaign,
  { wanted, going }: PilotWork,
  output: Output,
): Promise<PilotOrder[]> {
  const begun: PilotOrder[] = [];
  for (const order of going) {
    // The record may be of another stack.
    const isThere = (await store.size(buckets.results, resultObjects.campaign(order.pilot))) !== undefined;
    if (isThere && wanted.some(({ orders }) => isAmong(orders, order))) begun.push(order);
  }
  for (const { on, orders: all } of wanted) {
    const orders = all.filter((order) => !isAmong(begun, order));
    if (orders.length === 0) continue;
    const pilot = pilotCampaign(checked, { on, orders });
    await freezeCampaign({ store, buckets, report: output.say }, pilot);
    for (const { submission, conditions } of orders)
      begun.push({ pilot: pilot.campaign, submission, class: on.name, conditions });
  }
  return begun;
}

type Placed = Pick<PilotOrder, 'submission' | 'class'>;
const isAmong = (orders: readonly Placed[], order: Placed): boolean => orders.some((one) => isSameRun(one, order));

/** Starts what was begun or goes on with it, and keeps what it comes to. */
export async function measure(
  access: Access,
  before: PilotRecord,
  begun: readonly PilotOrder[],
  output: Output,
): Promise<Measured> {
  // On record before it costs anything: whatever ends this command, the next one goes on from there.
  let record = { ...before, begun: [...before.begun.filter((order) => !isAmong(begun, order)), ...begun] };
  let file = await keepPilot(homeFolder(), record);
  const pilots = [...new Set(begun.map(({ pilot }) => pilot))];
  for (const pilot of pilots) await goOn(access, pilot);
  for (const pilot of pilots) {
    const watched = (await isOver(access, pilot)) ? undefined : await watchCampaign(access, pilot, output);
    if (watched?.kind === 'blocked') return { kind: 'blocked', campaign: pilot };
    const orders = record.begun.filter((order) => order.pilot === pilot);
    record = {
      ...record,
      endedAt: new Date().toISOString(),
      runs: [...record.runs, ...(await pilotRunsOf(access, pilot, orders))],
      begun: record.begun.filter((order) => order.pilot !== pilot),
    };
    file = await keepPilot(homeFolder(), record);
  }
  output.say(`what the pilot found is in ${shownPath(file)}`);
  return { kind: 'ended' };
}

const isOver = async (access: Access, pilot: string): Promise<boolean> =>
  isCampaignDone(access, await access.frozen.campaign(pilot));

async function goOn(access: Access, pilot: string): Promise<void> {
  if (!(await isOver(access, pilot))) await startWorkflow(access, await access.frozen.campaign(pilot));
}
