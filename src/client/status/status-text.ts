import { dollars } from '../../campaign/model/money.ts';
import type { CampaignProgress } from '../../campaign/operators/progress.ts';
import { responsibleParty, type Reason } from '../../campaign/model/reasons.ts';
import { instantText } from '../../campaign/model/units.ts';
import { placementStep } from '../../campaign/model/placement-step.ts';
import { blockedLines } from './blocked-text.ts';
import { canaryLines } from './canary-lines.ts';
import { forecastBlocks } from './forecast-text.ts';
import { offSpotLine } from './off-spot-text.ts';
import { operatorsLogText } from './operators-log-text.ts';
import { list } from './titled-list.ts';
import { heldLines, platformFaultLines } from './trouble/platform-fault-lines.ts';
import { unusedSlotLines } from './trouble/unused-slots.ts';
import { machineWaitLines } from './trouble/waits-for-machines.ts';
import { stuckLine } from './trouble/stuck-texts.ts';
import { table } from '../table.ts';

/** The output of `status` for a running campaign, after `notes` for the operator. */
export function statusText(progress: CampaignProgress, notes: readonly string[] = []): string {
  const { campaign, closing, hurry, deadline, counts, money, classes, reasons, forecast } = progress;
  const blocked = blockedLines(progress);
  const state = closing ? `is closing (${closing})` : blocked.length > 0 ? 'is blocked' : 'is running';
  const blocks = [
    ...notes,
    [
      `${campaign} ${state}; deadline ${instantText(Date.parse(deadline))}`,
      ...blocked.map((line) => `  blocked: ${line}`),
      ...(hurry ? ['deadline at risk: more expensive classes are used where a dollar saves the most time'] : []),
    ].join('\n'),
    table(Object.keys(counts), [Object.values(counts).map(String)]),
    `spent ${dollars(money.spent)} (probes ${dollars(money.probes)}, lost runs ${dollars(money.overhead)}${canaryCost(money)}), ` +
      `reserved ${dollars(money.reserved)}, budget ${dollars(money.budget)} ` +
      `(${dollars(money.rerunReserve)} of it for reruns)`,
    ...(progress.hold === 'platform' ? [] : forecastBlocks(campaign, forecast, { deadline, budget: money.budget })),
    table(
      ['class', 'running', 'slots', 'waiting', 'spent', 'out of GPU memory', 'time vs. probe'],
      Object.entries(classes).map(([name, row]) => [
        row.held ? `${name} (blocked)` : row.canary ? `${name} (canary)` : row.short ? `${name} (short)` : name,
        String(row.running),
        String(row.slots),
        String(row.waiting),
        dollars(row.spent),
        row.ended === 0 ? '' : `${row.outOfMemory} of ${row.ended}`,
        row.times === 1 ? '' : `× ${row.times.toFixed(2)}`,
      ]),
    ),
    ...list('blocked by platform faults', heldLines(progress)),
    ...list('on demand instead of Spot', (progress.offSpot ?? []).map(offSpotLine)),
    ...list('canaries', canaryLines(progress)),
    ...list('platform faults', platformFaultLines(progress)),
    ...list('waiting for machines', machineWaitLines(progress)),
    ...list('not all slots are used', unusedSlotLines(progress)),
    ...list('stuck, retrying', progress.stuck.filter(({ what }) => what !== placementStep).map(stuckLine)),
    ...endedBecause(reasons),
    ...list('paused teams', progress.pausedTeams),
    ...list(
      'priorities',
      progress.prioritised.map((team) => `${team.team}: priority ${team.priority}, weight ${team.weight}`),
    ),
    ...operatorsLogText(progress.operatorsLog),
  ];
  return blocks.join('\n\n');
}

/** Campaigns of older workers have none. */
const canaryCost = ({ canaries }: Partial<CampaignProgress['money']>): string =>
  canaries ? `, canaries ${dollars(canaries)}` : '';

/** Reasons and the party responsible for each, the most frequent first. */
export const endedBecause = (reasons: Partial<Record<Reason, number>>): string[] =>
  list(
    'ended because',
    Object.entries(reasons)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => `${reason}: ${count} (${responsibleParty(reason as Reason)})`),
  );
