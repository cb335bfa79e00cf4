import type { MessageWith, RestReason } from './command-fields.ts';
import { command, type CommandDefinition } from './command-definition.ts';
import { nothingToCancel, nothingToReprioritise, refusedBudget, unknownClass } from './command-refusals.ts';
import { blockedReasonOf } from '../scheduling/blocked-reason.ts';
import type { CampaignState } from '../state/campaign-state.ts';
import { takeStuckSubmissions } from '../state/give-up-rule.ts';
import { parseInstant } from '../model/units.ts';

const addRounds = command({ sentAs: 'update', required: ['rounds', 'count'], reopens: true });

/** All operator commands. A command's name, signal or update, fields and effects are all here. */
export const operatorCommands = {
  pauseTeam: command({
    sentAs: 'signal',
    required: ['team'],
    optional: ['kill'],
    apply: (message, { state, team }) => state.treat(team, message.team, { paused: true }),
    control: ({ kill }, { team, submissions }) => (kill ? submissions.endRuns(team) : undefined),
  }),
  resumeTeam: command({
    sentAs: 'signal',
    required: ['team'],
    apply: (message, { state, team }) => state.treat(team, message.team, { paused: false }),
  }),
  reprioritiseTeam: command({
    sentAs: 'signal',
    required: ['team'],
    optional: ['priority', 'weight'],
    refusal: nothingToReprioritise,
    apply: ({ team: name, priority, weight }, { state, team }) =>
      state.treat(team, name, {
        ...(priority !== undefined && { priority }),
        ...(weight !== undefined && { weight }),
      }),
  }),
  pauseCampaign: command({
    sentAs: 'signal',
    optional: ['kill'],
    apply: ({ kill }, { state }) => {
      state.set({ paused: true });
      if (kill) state.canaries.endAll();
    },
    control: ({ kill }, { team, submissions }) => (kill ? submissions.endRuns(team) : undefined),
  }),
  /** With a class: only unblocks this class, which a platform fault has blocked. */
  resumeCampaign: command({
    sentAs: 'signal',
    optional: ['class'],
    refusal: (message, state) => unknownClass(state, message.class),
    apply: (message, { state, now }) => {
      if (message.class === undefined) state.set({ paused: false });
      state.faults.resume(message.class, now);
    },
    control: (message, { state, submissions }) =>
      message.class === undefined ? submissions.tryAgain(takeStuckSubmissions(state)) : undefined,
  }),
  raiseBudget: command({
    sentAs: 'update',
    required: ['usd'],
    reopens: true,
    refusal: ({ usd }, state) => refusedBudget(usd, state),
    apply: ({ usd }, { state }) => state.setBudget(Math.round(usd * 1_000_000)),
  }),
  setDeadline: command({
    sentAs: 'update',
    required: ['deadline'],
    reopens: true,
    apply: ({ deadline }, { state }) =>
      state.set({ deadline: parseInstant(deadline)?.toISOString() ?? state.deadline }),
  }),
  setSlots: command({
    sentAs: 'update',
    required: ['class', 'slots'],
    refusal: (message, state) => unknownClass(state, message.class),
    apply: (message, { state }) => state.setSlots(message.class, message.slots),
  }),
  addSubmissions: addRounds,
  retry: addRounds,
  rescore: addRounds,
  /** Cancels the submissions that match all given conditions; at least one is required. */
  cancel: command({
    sentAs: 'update',
    optional: ['submissions', 'team', 'because'],
    acceptedWhileClosing: true,
    refusal: nothingToCancel,
    // The rounds of a cancelled team must still start to be recorded as cancelled.
    apply: ({ submissions, because }, { state, team }) =>
      submissions === undefined && because === undefined ? state.unpauseTeam(team) : undefined,
    control: (message, { team, submissions }) => submissions.cancelChosen(message, team),
  }),
  /** Refuses all waiting requests, for the given reason or for the one that blocks the campaign. */
  close: command({
    sentAs: 'update',
    optional: ['rest'],
    needsReports: true,
    recorded: (message, state, now) => ({ rest: restReason(state, now), ...message }),
    apply: ({ rest }, { state, now }) => state.set({ closing: rest ?? restReason(state, now) }),
  }),
  abort: command({
    sentAs: 'update',
    acceptedWhileClosing: true,
    apply: (_, { state }) => state.set({ closing: 'cancelled' }),
    control: (_, { state, submissions }) => submissions.cancel([...state.open.keys()]),
  }),
};

type Table = typeof operatorCommands;
export type OperatorCommandName = keyof Table;

/** Each command's message. */
export type OperatorCommands = {
  [Name in OperatorCommandName]: Table[Name] extends CommandDefinition<infer Message, infer _, infer _, infer _>
    ? Message
    : never;
};

/** A command with its message, as it is recorded and may be repeated on a campaign that lost its state. */
export type OperatorCommand<Name extends OperatorCommandName = OperatorCommandName> = {
  [One in Name]: { name: One; message: OperatorCommands[One] };
}[Name];

/** The sender of a command, and the note. */
export type Attribution = MessageWith<never, never>;

/** The rule of a command. */
export const commandDefinitionOf = <Name extends OperatorCommandName>(
  name: Name,
): CommandDefinition<OperatorCommands[Name]> => definitions[name];

const definitions: { [Name in OperatorCommandName]: CommandDefinition<OperatorCommands[Name]> } = operatorCommands;

const restReason = (state: CampaignState, now: number): RestReason =>
  blockedReasonOf(state, now) === 'budget' ? 'budget-exhausted' : 'cancelled';
