import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import { encodeState } from '../../campaign/state/state-encoding.ts';
import { sealedAsThis } from '../authentication/sealed.ts';
import type { CarriedCommands } from './command-processor.ts';
import type { CampaignInput } from './restore-state.ts';

/** Events per run of the workflow: well below the 4,096 at which the server suggests continue-as-new. */
const mostEvents = 3_000;

export function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > mostEvents;
}

/** Hands the state and the commands to the next run of the campaign's workflow. */
export function continueCampaignAsNew(
  campaign: string,
  { instanceClasses: classes, limits }: FrozenCampaign,
  state: CampaignState,
  desk: CarriedCommands,
): Promise<never> {
  return continueAsNew<(input: CampaignInput) => Promise<unknown>>({
    campaign,
    carried: { state: encodeState(state, { classes, limits }), desk },
    ...sealedAsThis(),
  });
}
