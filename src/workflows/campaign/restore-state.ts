import type { OpenedCampaign } from '../../activities/open-campaign.ts';
import { applyCommand } from '../../campaign/operators/apply-command.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { decodeState, type EncodedState } from '../../campaign/state/state-encoding.ts';
import { restoredState } from '../../campaign/state/initial-state.ts';
import { statisticsCodec } from '../../campaign/state/statistics-encoding.ts';
import type { SealedInput } from '../authentication/sealed.ts';
import type { CarriedCommands } from './command-processor.ts';
import { longActivities, activities } from '../activity-proxies.ts';

export interface CampaignInput extends SealedInput {
  campaign: string;
  /** From the run before this one. */
  carried?: Carried;
}

/** The state that a run of the campaign's workflow hands to the next one. */
interface Carried {
  state: EncodedState;
  desk: CarriedCommands;
}

/** A campaign that lost its state waits for this many ticks for its running submissions to report what they hold. */
export const ticksForReports = 2;

/** The state with which a run of the campaign's workflow begins. */
export interface RestoredCampaign {
  opened: OpenedCampaign;
  state: CampaignState;
  commands: CarriedCommands;
  /** Running submissions that have not reported what they hold. */
  unreported: string[];
}

/** Restores a campaign from S3 alone: at its first start, after its end, or when its workflow was lost. */
export async function restoreFromS3(campaign: string): Promise<RestoredCampaign> {
  const snapshot = await longActivities('main', 'records and running submissions').takeStock({ campaign });
  const { workLists, ledger, operatorsLog, actsRecorded: recorded, canaries } = snapshot;
  const opened = await activities('main', 'the frozen campaign').openCampaign({ campaign, workLists });
  const statistics = statisticsCodec.decode(ledger.pace);
  const state = restoredState(opened.frozen, opened.work, {
    ...ledger,
    statistics,
    operatorsLog,
    canaries: canaries ?? { ended: [], running: [] },
  });
  for (const { act, team } of snapshot.acts) applyCommand(act, state, team, Date.now());
  for (const { submission, team, sequence } of snapshot.running) state.start(submission, team, sequence);
  const commands = { recorded, pending: [], unrecorded: [] };
  return { opened, state, commands, unreported: [...state.open.keys()] };
}

/** Restores the state that the run before this one handed over. */
export async function restoreFromCarried(campaign: string, carried: Carried): Promise<RestoredCampaign> {
  const { workLists } = carried.state;
  const opened = await activities('main', 'the frozen campaign').openCampaign({ campaign, workLists });
  const { instanceClasses: classes, limits } = opened.frozen;
  const state = decodeState(carried.state, opened.work, { classes, limits });
  return { opened, state, commands: carried.desk, unreported: [] };
}
