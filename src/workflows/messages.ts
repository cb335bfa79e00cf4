import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CampaignProgress } from '../campaign/progress.ts';
import type { ReprioritiseAct, Signature, TeamAct } from '../campaign/operator-acts.ts';
import type { RunGrant, RunRefusal, RunRequest, RunSettlement, SubmissionReport } from '../campaign/protocol.ts';

/** Every message by which campaigns, submissions and operators talk. Names are part of stored histories: never rename. */

// Submission to campaign.
export const requestRunSignal = defineSignal<[RunRequest]>('requestRun');
export const runSettledSignal = defineSignal<[RunSettlement]>('runSettled');
export const submissionFinishedSignal = defineSignal<[SubmissionReport]>('submissionFinished');

// Campaign to submission.
export const grantRunSignal = defineSignal<[RunGrant]>('grantRun');
export const refuseRunSignal = defineSignal<[RunRefusal]>('refuseRun');
/** Asks an open submission to say again what it waits for or holds, after the campaign lost its state. */
export const reportAgainSignal = defineSignal('reportAgain');

// Operator to campaign: signals, which the Web UI can send too.
export const pauseTeamSignal = defineSignal<[TeamAct]>('pauseTeam');
export const resumeTeamSignal = defineSignal<[TeamAct]>('resumeTeam');
export const reprioritiseTeamSignal = defineSignal<[ReprioritiseAct]>('reprioritiseTeam');
export const pauseCampaignSignal = defineSignal<[Signature?]>('pauseCampaign');
export const resumeCampaignSignal = defineSignal<[Signature?]>('resumeCampaign');

// Operator to campaign: updates, which answer yes or no at once.
export const raiseBudgetUpdate = defineUpdate<void, [Signature & { usd: number }]>('raiseBudget');
export const setDeadlineUpdate = defineUpdate<void, [Signature & { deadline: string }]>('setDeadline');
export const setSlotsUpdate = defineUpdate<void, [Signature & { class: string; slots: number }]>('setSlots');
export const cancelUpdate = defineUpdate<void, [Signature & { submissions: string[] }]>('cancel');
export const closeUpdate = defineUpdate<void, [Signature]>('close');
export const abortUpdate = defineUpdate<void, [Signature]>('abort');
export const addSubmissionsUpdate = defineUpdate<void, [Signature]>('addSubmissions');
export const retryUpdate = defineUpdate<void, [Signature]>('retry');
export const rescoreUpdate = defineUpdate<void, [Signature]>('rescore');

export const progressQuery = defineQuery<CampaignProgress>('progress');
