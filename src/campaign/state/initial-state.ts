import { byName } from '../model/by-name.ts';
import type { FrozenCampaign } from '../model/frozen-campaign.ts';
import { CampaignState, type StateFields } from './campaign-state.ts';
import { defaultTreatment, type Work } from './settings.ts';
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
}

/** The state of a campaign that lost its state, or had ended, before operators' commands are applied to it again. */
export function restoredState(frozen: FrozenCampaign, work: Work, totals: RestoredTotals): CampaignState {
  const { money, counts, reasons, statistics, operatorsLog } = totals;
  const fields = initialFields(frozen, work);
  const byClass = byName(Object.entries(money.byClass));
  Object.assign(fields.money, money, { byClass });
  return new CampaignState({ ...fields, counts, reasons, statistics, operatorsLog });
}
