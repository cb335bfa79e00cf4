import { isSameRun } from '../../campaign/planning/pilot-fit.ts';
import type { PilotOrder, PilotRecord } from '../../campaign/planning/pilot-sample.ts';
import type { CheckedCampaign } from '../../intake/checked-campaign.ts';
import { freezeCampaign } from '../../intake/freeze-campaign.ts';
import { shownPath } from '../../intake/locate.ts';
import { homeFolder } from '../../local/stack/home/home.ts';
import type { Access } from '../access.ts';
import { isCampaignDone } from '../operator/run-campaign.ts';
import type { Output } from '../output.ts';
import { pilotCampaign, pilotRunsOf, type PilotRuns } from './pilot-campaign.ts';
import { savePilot } from './pilot-record.ts';
import { sealFor } from '../sealing.ts';
import { startWorkflow } from '../operator/start-workflow.ts';
import { watchCampaign } from '../watch/watch-campaign.ts';
import { resultObjects } from '../../object-keys.ts';

/** The runs of a sample that are not measured yet, by class, and those that are running. */
export interface PilotWork {
  wanted: readonly PilotRuns[];
  underWay: readonly PilotOrder[];
}

/** The result of a pilot: its runs are on record, or one of its campaigns is blocked. */
export type PilotResult = { kind: 'ended' } | { kind: 'blocked'; campaign: string };

/** Hands in the pilot campaigns that do not run yet; starts none, so a refusal costs nothing. Returns all orders. */
export async function handInPilots(
  { store, buckets, settings }: Access,
  checked: CheckedCampaign,
  { wanted, underWay: going }: PilotWork,
  output: Output,
): Promise<PilotOrder[]> {
  const begun: PilotOrder[] = [];
  for (const order of going) {
    // The record may come from another stack.
    const isThere = (await store.size(buckets.results, resultObjects.campaign(order.pilot))) !== undefined;
    if (isThere && wanted.some(({ orders }) => isAmong(orders, order))) begun.push(order);
  }
  for (const { instanceClass, orders: all } of wanted) {
    const orders = all.filter((order) => !isAmong(begun, order));
    if (orders.length === 0) continue;
    const pilot = pilotCampaign(checked, { instanceClass, orders });
    // Its outputs are the campaign's, and so is the key.
    const ofCampaign = () => sealFor(settings, checked.campaign);
    await freezeCampaign({ store, buckets, report: output.say, sealFor: ofCampaign }, pilot);
    for (const { submission, conditions } of orders)
      begun.push({ pilot: pilot.campaign, submission, class: instanceClass.name, conditions });
  }
  return begun;
}

type Placed = Pick<PilotOrder, 'submission' | 'class'>;
const isAmong = (orders: readonly Placed[], order: Placed): boolean => orders.some((one) => isSameRun(one, order));

/** Starts or continues the pilot campaigns and saves their measurements. */
export async function measurePilots(
  access: Access,
  before: PilotRecord,
  begun: readonly PilotOrder[],
  output: Output,
): Promise<PilotResult> {
  // Recorded before it costs anything, so that the next command continues after a crash.
  let record = { ...before, begun: [...before.begun.filter((order) => !isAmong(begun, order)), ...begun] };
  let file = await savePilot(homeFolder(), record);
  const pilots = [...new Set(begun.map(({ pilot }) => pilot))];
  for (const pilot of pilots) await startOrContinue(access, pilot);
  for (const pilot of pilots) {
    const watched = (await isPilotDone(access, pilot)) ? undefined : await watchCampaign(access, pilot, output);
    if (watched?.kind === 'blocked') return { kind: 'blocked', campaign: pilot };
    const orders = record.begun.filter((order) => order.pilot === pilot);
    record = {
      ...record,
      endedAt: new Date().toISOString(),
      runs: [...record.runs, ...(await pilotRunsOf(access, pilot, orders))],
      begun: record.begun.filter((order) => order.pilot !== pilot),
    };
    file = await savePilot(homeFolder(), record);
  }
  output.say(`the pilot's measurements are in ${shownPath(file)}`);
  return { kind: 'ended' };
}

const isPilotDone = async (access: Access, pilot: string): Promise<boolean> =>
  isCampaignDone(access, await access.frozen.campaign(pilot));

async function startOrContinue(access: Access, pilot: string): Promise<void> {
  if (!(await isPilotDone(access, pilot))) await startWorkflow(access, await access.frozen.campaign(pilot));
}
