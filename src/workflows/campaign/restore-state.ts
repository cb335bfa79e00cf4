import type { OpenedCampaign } from '../../activities/open-campaign.ts';
import { applyStart } from '../../campaign/state/apply-messages.ts';
import { byName } from '../../campaign/model/by-name.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { decodeState, type EncodedState } from '../../campaign/state/continue-as-new-state.ts';
import { statisticsCodec } from '../../campaign/state/statistics-codec.ts';
import { initialState } from '../../campaign/state/initial-state.ts';
import { applyCommand } from '../../campaign/operators/operator-commands.ts';
import type { CarriedCommands } from './command-processor.ts';
import { longActivities, activities } from '../activity-proxies.ts';

export interface CampaignInput {
  campaign: string;
  /** From the run before this one. */
  carried?: Carried;
}

/** What a run of the campaign's workflow hands to the next one. */
export interface Carried {
  state: EncodedState;
  desk: CarriedCommands;
}

/** What a run of the campaign's workflow begins with. */
export interface RestoredCampaign {
  opened: OpenedCampaign;
  state: CampaignState;
  desk: CarriedCommands;
  /** Submissions that run already and have not said what they hold. */
  unheard: string[];
}

/** Opens a campaign from S3 alone: at its first start, after its end, or when its workflow was lost. */
export async function restoreFromS3(campaign: string): Promise<RestoredCampaign> {
  const stock = await longActivities('main', 'what is done and what runs').takeStock({ campaign });
  const opened = await activities('main', 'the frozen campaign').openCampaign({ campaign, workLists: stock.workLists });
  const state = initialState(opened.frozen, opened.work);
  const { money, counts, reasons, pace } = stock.ledger;
  Object.assign(state, {
    money: { ...state.money, ...money, byClass: byName(Object.entries(money.byClass)) },
    counts,
    reasons,
    statistics: statisticsCodec.decode(pace),
  });
  state.operatorsLog = stock.operatorsLog;
  for (const { act, team } of stock.acts) applyCommand(act, state, team, Date.now());
  for (const { submission, team, sequence } of stock.running) applyStart(state, submission, team, sequence);
  const desk = { recorded: stock.actsRecorded, pending: [], unrecorded: [] };
  return { opened, state, desk, unheard: [...state.open.keys()] };
}

/** Goes on with what the run before this one carried over. */
export async function restoreFromCarried(campaign: string, carried: Carried): Promise<RestoredCampaign> {
  const { workLists } = carried.state;
  const opened = await activities('main', 'the frozen campaign').openCampaign({ campaign, workLists });
  const { instanceClasses: classes, limits } = opened.frozen;
  const state = decodeState(carried.state, opened.work, { classes, limits });
  return { opened, state, desk: carried.desk, unheard: [] };
}
