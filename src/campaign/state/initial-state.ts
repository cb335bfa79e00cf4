import { byName } from '../model/by-name.ts';
import { defaultTreatment, type CampaignState, type Money } from './campaign-state.ts';
import type { FrozenCampaign } from '../model/frozen-campaign.ts';
import { noStatistics } from './run-statistics.ts';

/** The rounds by team, in the order of the work lists, and the teams whose weight the campaign file gives. */
export interface Work {
  workLists: string[];
  /** By team, including rounds that were final or under way when the first list was made. */
  rounds: number[];
  /** By team: rounds that were final or under way when the first list was made. */
  started: number[];
  weights: { team: number; name: string; weight: number }[];
}

/** The state of a campaign that has started only what its work lists count as started. */
export function initialState(frozen: FrozenCampaign, { workLists, rounds, started, weights }: Work): CampaignState {
  return {
    workLists,
    rounds,
    started: [...started],
    treatments: new Map(weights.map(({ team, name, weight }) => [team, { ...defaultTreatment, team: name, weight }])),
    open: new Map(),
    money: {
      budget: frozen.budget.microUsd,
      reserveShare: frozen.budget.rerunReserveShare,
      spent: 0,
      reruns: 0,
      probes: 0,
      overhead: 0,
      byClass: byName(),
    },
    slots: byName(frozen.instanceClasses.map(({ name, slots }) => [name, slots])),
    shortUntil: byName(),
    faults: { byClass: byName(), all: null, images: null },
    deadline: frozen.deadline,
    paused: false,
    deadlineAtRisk: false,
    counts: { finished: 0, failed: 0, cancelled: 0 },
    reasons: {},
    statistics: noStatistics(),
    operatorsLog: [],
    ticket: 0,
  };
}

/** The facts about a campaign in the ledger and in the record of commands. */
interface RestoredTotals extends Pick<CampaignState, 'counts' | 'reasons' | 'statistics' | 'operatorsLog'> {
  money: Omit<Money, 'budget' | 'reserveShare'>;
}

/** The state of a campaign that lost its state, or had ended, before operators' commands are applied to it again. */
export function restoredState(frozen: FrozenCampaign, work: Work, totals: RestoredTotals): CampaignState {
  const { money, counts, reasons, statistics, operatorsLog } = totals;
  const state = initialState(frozen, work);
  const byClass = byName(Object.entries(money.byClass));
  return { ...state, money: { ...state.money, ...money, byClass }, counts, reasons, statistics, operatorsLog };
}
