import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { OperatorCommands } from '../campaign/operators/operator-messages.ts';
import type { CampaignProgress } from '../campaign/operators/progress.ts';
import type {
  GivenUpStep,
  RunGrant,
  RunRefusal,
  RunRequest,
  RunSettlement,
  StuckReport,
  SubmissionReport,
  HeldRunReport,
} from '../campaign/model/messages.ts';
import type { SubmissionState } from '../campaign/model/reasons.ts';
/** Every message by which campaigns, submissions and operators talk. Names are part of stored histories: never rename. */

// Submission to campaign.
export const requestRunSignal = defineSignal<[RunRequest]>('requestRun');
export const runSettledSignal = defineSignal<[RunSettlement]>('runSettled');
export const submissionFinishedSignal = defineSignal<[SubmissionReport]>('submissionFinished');
/** The answer to {@link reportAgainSignal}. */
export const standingSignal = defineSignal<[HeldRunReport]>('standing');
/** Also sent by the submission's activities. */
export const stuckSignal = defineSignal<[StuckReport]>('stuck');

// Campaign to submission.
export const grantRunSignal = defineSignal<[RunGrant]>('grantRun');
export const refuseRunSignal = defineSignal<[RunRefusal]>('refuseRun');
/** Asks an open submission for all that the campaign should know, after the campaign lost its state. */
export const reportAgainSignal = defineSignal('reportAgain');
/** Ends run n, be it under way or still to be submitted, and not the submission: it asks for another one. */
export const endRunSignal = defineSignal<[{ n: number }]>('endRun');
/** Tries the step that it is stuck at again, now. */
export const tryAgainSignal = defineSignal('tryAgain');
/** Gives the step up that it is stuck at. */
export const giveUpSignal = defineSignal<[GivenUpStep]>('giveUp');

// Operator to campaign: signals, which the Web UI can send too.
export const pauseTeamSignal = defineSignal<[OperatorCommands['pauseTeam']]>('pauseTeam');
export const resumeTeamSignal = defineSignal<[OperatorCommands['resumeTeam']]>('resumeTeam');
export const reprioritiseTeamSignal = defineSignal<[OperatorCommands['reprioritiseTeam']]>('reprioritiseTeam');
export const pauseCampaignSignal = defineSignal<[OperatorCommands['pauseCampaign']?]>('pauseCampaign');
export const resumeCampaignSignal = defineSignal<[OperatorCommands['resumeCampaign']?]>('resumeCampaign');

// Operator to campaign: updates, which answer yes or no once the act is on record.
export const raiseBudgetUpdate = defineUpdate<void, [OperatorCommands['raiseBudget']]>('raiseBudget');
export const setDeadlineUpdate = defineUpdate<void, [OperatorCommands['setDeadline']]>('setDeadline');
export const setSlotsUpdate = defineUpdate<void, [OperatorCommands['setSlots']]>('setSlots');
export const addSubmissionsUpdate = defineUpdate<void, [OperatorCommands['addSubmissions']]>('addSubmissions');
export const retryUpdate = defineUpdate<void, [OperatorCommands['retry']]>('retry');
export const rescoreUpdate = defineUpdate<void, [OperatorCommands['rescore']]>('rescore');
export const cancelUpdate = defineUpdate<void, [OperatorCommands['cancel']]>('cancel');
export const closeUpdate = defineUpdate<void, [OperatorCommands['close']]>('close');
export const abortUpdate = defineUpdate<void, [OperatorCommands['abort']]>('abort');

/** What a submission does now, since an instant (ms); `note` says for which run, on or for which class. */
export interface Stage {
  stage: SubmissionState;
  note: string;
  since: number;
}

/** What a submission does now, and since when. */
export const stageQuery = defineQuery<Stage>('stage');

export const progressQuery = defineQuery<CampaignProgress>('progress');
