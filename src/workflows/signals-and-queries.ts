import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import {
  operatorCommands,
  type OperatorCommandName,
  type OperatorCommands,
} from '../campaign/operators/operator-commands.ts';
import type { CanaryReport } from '../campaign/model/canaries/canary-report.ts';
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

/** All messages between campaigns, submissions and operators. Never rename one: stored histories contain the names. */

/** A message without content still needs a sealed payload, which proves its sender. */
type NoContent = Record<string, never>;
export const noContent: NoContent = {};

// Submission to campaign.
export const requestRunSignal = defineSignal<[RunRequest]>('requestRun');
export const runSettledSignal = defineSignal<[RunSettlement]>('runSettled');
export const submissionFinishedSignal = defineSignal<[SubmissionReport]>('submissionFinished');
/** The reply to {@link reportAgainSignal}. */
export const standingSignal = defineSignal<[HeldRunReport]>('standing');
/** Also sent by canaries, and by the activities of both. */
export const stuckSignal = defineSignal<[StuckReport]>('stuck');

// Canary to campaign.
export const canaryEndedSignal = defineSignal<[CanaryReport]>('canaryEnded');

// Campaign to submission.
export const grantRunSignal = defineSignal<[RunGrant]>('grantRun');
export const refuseRunSignal = defineSignal<[RunRefusal]>('refuseRun');
/** Asks an open submission for everything that its campaign should know, after the campaign lost its state. */
export const reportAgainSignal = defineSignal<[NoContent?]>('reportAgain');
/** Ends run n, whether under way or not yet submitted. The submission continues and requests another run. */
export const endRunSignal = defineSignal<[{ n: number }]>('endRun');
/** Retries the step that the submission is stuck at, now. */
export const tryAgainSignal = defineSignal<[NoContent?]>('tryAgain');
/** Gives up the step that the submission is stuck at. */
export const giveUpSignal = defineSignal<[GivenUpStep]>('giveUp');

type CommandArguments<Message> = object extends Message ? [Message?] : [Message];

type MessageDefinition<Name extends OperatorCommandName> = (typeof operatorCommands)[Name]['sentAs'] extends 'signal'
  ? SignalDefinition<CommandArguments<OperatorCommands[Name]>>
  : UpdateDefinition<void, [OperatorCommands[Name]]>;

const definitions = Object.entries(operatorCommands).map(([name, { sentAs }]) => [
  name,
  sentAs === 'signal' ? defineSignal(name) : defineUpdate(name),
]);

/** Operator to campaign: each command's signal or update. */
export const commandMessages = Object.fromEntries(definitions) as {
  [Name in OperatorCommandName]: MessageDefinition<Name>;
};

/** The stage of a submission, since an instant (ms); `note` names the run and its class. */
export interface Stage {
  stage: SubmissionState;
  note: string;
  since: number;
}

export const stageQuery = defineQuery<Stage>('stage');

export const progressQuery = defineQuery<CampaignProgress>('progress');
