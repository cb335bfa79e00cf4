import type { FieldName, MessageWith } from './command-fields.ts';
import type { CampaignState } from '../state/campaign-state.ts';

/** How a command reaches the workflows of submissions. */
export interface SubmissionControl {
  /** Ends the current runs of a team (null: of all teams); their submissions request another one. */
  endRuns: (team: number | null) => void;
  cancel: (submissions: readonly string[]) => void;
  /** Cancels rounds that match all given conditions, open or not started. */
  cancelChosen: (choice: MessageWith<never, 'submissions' | 'because'>, team: number | null) => Promise<void>;
  /** Retries the steps that submissions are stuck at. */
  tryAgain: (submissions: readonly string[]) => void;
}

interface Target {
  state: CampaignState;
  /** The number of the team that the message names; -1 for none. */
  team: number;
  /** In ms. */
  now: number;
}

export interface CommandDefinition<Message, Sent = 'signal' | 'update', Required = FieldName, Optional = FieldName> {
  /** The Web UI can send signals too; an update returns once the command is on record. */
  sentAs: Sent;
  required?: readonly Required[];
  optional?: readonly Optional[];
  /** The runs of a closing campaign may take hours; other commands are refused meanwhile. */
  acceptedWhileClosing?: true;
  /** A campaign that was closed and has ended continues. */
  reopens?: true;
  /** It depends on why the campaign is blocked, so it waits until all running submissions have reported. */
  needsReports?: true;
  /** Why a message with valid fields is refused. */
  refusal?: (message: Message, state: CampaignState) => string | undefined;
  /** The message on record, which may be repeated on another state than this one. */
  recorded?: (message: Message, state: CampaignState, now: number) => Message;
  apply?: (message: Message, target: Target) => void;
  /** Effects beyond the campaign's state, after `apply`; not repeated when a state is restored. */
  control?: (
    message: Message,
    target: { state: CampaignState; team: number | null; submissions: SubmissionControl },
  ) => Promise<void> | undefined | void;
}

/** One entry of the table of commands; its message has the type that its fields say. */
export const command = <
  Sent extends 'signal' | 'update',
  Required extends FieldName = never,
  Optional extends FieldName = never,
>(
  rule: CommandDefinition<MessageWith<Required, Optional>, Sent, Required, Optional>,
) => rule;
