import { byName } from '../model/by-name.ts';
import type { FrozenCampaign } from '../model/frozen-campaign.ts';
import type { CanaryReport } from '../model/canaries/canary-report.ts';
import { restoredCanaries } from './canaries.ts';
import { worstCanaryMicroUsd } from '../model/canaries/canary-limits.ts';
import { CampaignState, type StateFields } from './campaign-state.ts';
import type { Work } from './campaign-settings.ts';
import { defaultTreatment } from './team-settings.ts';
import { Money, type Spending } from './spending.ts';
import type { FieldsOf } from './read-only.ts';

const initialFields = ({ budget, deadline, instanceClasses }: FrozenCampaign, work: Work) => ({
  workLists: work.workLists,
  rounds: work.rounds,
  started: [...work.started],
  treatments: new Map(
    work.weights.map(({ team, name, weight }) => [team, { ...defaultTreatment, team: name, weight }]),
  ),
  money: Object.assign(new Money(), { budget: budget.microUsd, reserveShare: budget.rerunReserveShare }),
  slots: byName(instanceClasses.map(({ name, slots }) => [name, slots])),
  deadline,
});

/** The state of a campaign that has started only what its work lists count as started. */
export const initialState = (frozen: FrozenCampaign, work: Work): CampaignState =>
  new CampaignState(initialFields(frozen, work));

/** The facts about a campaign in the ledger and in the record of commands. */
interface RestoredTotals extends Pick<StateFields, 'counts' | 'reasons' | 'statistics' | 'operatorsLog'> {
  money: FieldsOf<Spending>;
  canaries: { ended: readonly CanaryReport[]; running: readonly { class: string; n: number; since: number }[] };
}

/** The state of a campaign that lost its state, or had ended, before operators' commands are applied to it again. */
export function restoredState(frozen: FrozenCampaign, work: Work, totals: RestoredTotals): CampaignState {
  const { money, counts, reasons, statistics, operatorsLog } = totals;
  const worst = new Map(frozen.instanceClasses.map((one) => [one.name, worstCanaryMicroUsd(one)]));
  const running = totals.canaries.running.map((one) => ({ ...one, reserved: worst.get(one.class) ?? 0 }));
  const canaries = restoredCanaries(totals.canaries.ended, running);
  const fields = initialFields(frozen, work);
  const byClass = byName(Object.entries(money.byClass));
  Object.assign(fields.money, money, { byClass });
  for (const canary of totals.canaries.ended) fields.money.bookCanary(canary);
  return new CampaignState({ ...fields, counts, reasons, statistics, operatorsLog, canaries });
}
