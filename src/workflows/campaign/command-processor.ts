import { ApplicationFailure } from '@temporalio/common';
import type { FoundTeam } from '../../activities/find-team.ts';
import type { RecordedCommand } from '../../ledger/command-log.ts';
import { applyCommand, asRecorded, validationError } from '../../campaign/operators/apply-command.ts';
import { unknownRounds, unknownTeam } from '../../campaign/operators/command-refusals.ts';
import { logLineOf, shortText } from '../../campaign/operators/log-line.ts';
import {
  commandDefinitionOf,
  type OperatorCommand,
  type OperatorCommandName,
} from '../../campaign/operators/operator-commands.ts';
import type { CampaignState } from '../../campaign/state/campaign-state.ts';
import type { OperatorLogLine } from '../../campaign/state/operators-log.ts';
import { refusals } from '../authentication/refusals.ts';
import type { SubmissionWorkflows } from './submission-workflows.ts';
import { longActivities, activities } from '../activity-proxies.ts';

interface PendingCommand {
  command: OperatorCommand;
  /** Replies to the sender of an update: undefined means in force and on record. */
  reply?: (refusal: ApplicationFailure | undefined) => void;
}

/** The commands that one run of the campaign's workflow hands to the next. */
export interface CarriedCommands {
  /** The number of commands on record. */
  recorded: number;
  pending: OperatorCommand[];
  unrecorded: RecordedCommand[];
}

/** Handles operators' commands in order: validates, applies and records each. */
export class CommandProcessor {
  private readonly pending: PendingCommand[];
  private unrecorded: RecordedCommand[];
  private recorded: number;

  constructor(
    private readonly campaign: string,
    private readonly state: CampaignState,
    private readonly submissions: SubmissionWorkflows,
    { recorded, pending, unrecorded }: CarriedCommands,
    private readonly wake: () => void,
  ) {
    this.recorded = recorded;
    this.pending = pending.map((command) => ({ command }));
    this.unrecorded = unrecorded;
  }

  carried(): CarriedCommands {
    return {
      recorded: this.recorded,
      pending: this.pending.map(({ command }) => command),
      unrecorded: this.unrecorded,
    };
  }

  /** Whether the sender of an update waits for its reply. */
  get hasSenderWaiting(): boolean {
    return this.pending.some(({ reply }) => reply !== undefined);
  }

  get isIdle(): boolean {
    return this.pending.length === 0 && this.unrecorded.length === 0;
  }

  /** Throws if the command can be refused at once. */
  check(command: OperatorCommand): void {
    const error = validationError(command, this.state);
    if (error) throw refusal(error);
  }

  /** Takes a signal: it is carried out later, or refused in the log. */
  take(command: OperatorCommand): void {
    this.pending.push({ command });
    this.wake();
  }

  /** Takes an update: resolves once it is in force and on record, rejects with the reason why it is refused. */
  ask(command: OperatorCommand): Promise<void> {
    this.wake();
    return new Promise((resolve, reject) => {
      this.pending.push({ command, reply: (refusal) => (refusal ? reject(refusal) : resolve()) });
    });
  }

  /** Logs a decision of the campaign itself. */
  note(text: string): void {
    this.log({ at: new Date().toISOString(), act: text, by: 'holdout' }, null);
  }

  /** Logs what was not authenticated since the last call, in one line: a stranger may send any number of messages. */
  noteRefusals(): void {
    const refused = refusals.take();
    if (refused !== undefined) this.note(refused);
  }

  /** Records what is left when the campaign ends. */
  finish(): Promise<void> {
    this.noteRefusals();
    return this.work(true);
  }

  /** Carries out the pending commands; `hasReports`: all running submissions have reported what they hold. */
  async work(hasReports: boolean): Promise<void> {
    const replies: (() => void)[] = [];
    const later: PendingCommand[] = [];
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
      const { command: asked, reply } = next;
      if (commandDefinitionOf(asked.name).needsReports && !hasReports) {
        later.push(next);
        continue;
      }
      const invalid = validationError(asked, this.state);
      const recorded = invalid === undefined ? asRecorded(asked, this.state, Date.now()) : asked;
      const team = invalid === undefined ? await this.teamOf(recorded) : null;
      const command = team === null ? recorded : withTeam(recorded, team);
      const error = invalid ?? (await this.carryOut(command, team?.number ?? null));
      this.log(logLineOf(command, new Date().toISOString(), error), error === undefined ? command : null);
      replies.push(() => reply?.(error === undefined ? undefined : refusal(error)));
    }
    this.pending.unshift(...later);
    if (this.unrecorded.length > 0) await this.record();
    for (const reply of replies) reply();
  }

  private async record(): Promise<void> {
    const acts = this.unrecorded;
    this.unrecorded = [];
    const first = this.recorded + 1;
    await activities('main', `record ${acts.length} commands`).recordActs({ campaign: this.campaign, first, acts });
    this.recorded += acts.length;
  }

  /** Returns why a valid command fails, or undefined. */
  private async carryOut<Name extends OperatorCommandName>(
    command: OperatorCommand<Name>,
    team: number | null,
  ): Promise<string | undefined> {
    const { state } = this;
    const { message } = command;
    const teamName = teamNamed(message);
    if (teamName !== undefined && team === null) return unknownTeam(shortText(teamName));
    if ('rounds' in message && !(await this.takeRounds(String(message.rounds)))) {
      return unknownRounds(shortText(message.rounds));
    }
    applyCommand(command, state, team ?? -1, Date.now());
    const controlled = commandDefinitionOf(command.name).control?.(message, {
      state,
      team,
      submissions: this.submissions,
    });
    if (controlled) await controlled;
    return undefined;
  }

  /** The team that a command names by its id or its pseudonym; null if there is none. */
  private async teamOf({ message }: OperatorCommand): Promise<FoundTeam | null> {
    const team = teamNamed(message);
    if (team === undefined) return null;
    for (const [number, treatment] of this.state.treatments) if (treatment.team === team) return { number, team };
    const { campaign, state } = this;
    const found = await activities('main', 'the number of a team').findTeam({
      campaign,
      workLists: state.workLists,
      team,
    });
    return typeof found === 'number' ? { number: found, team } : found;
  }

  /** Returns false if there are no such rounds in S3. */
  private async takeRounds(added: string): Promise<boolean> {
    const { campaign, state } = this;
    const taken = await longActivities('main', 'the added rounds').takeRounds({
      campaign,
      workLists: state.workLists,
      added,
    });
    if (taken === null) return false;
    state.addWork({ ...taken.work, workLists: taken.workLists });
    return true;
  }

  private log(line: OperatorLogLine, message: OperatorCommand | null): void {
    this.state.log(line);
    this.unrecorded.push({ ...line, message });
    this.wake();
  }
}

const refusal = (error: string): ApplicationFailure => ApplicationFailure.nonRetryable(error, 'REFUSED');

/** The team that a command names; it may be any JSON value. */
const teamNamed = (message: object): string | undefined =>
  'team' in message && message.team !== undefined ? shortText(message.team) : undefined;

/** A command that named its team by a pseudonym names it by its id. */
function withTeam(command: OperatorCommand, { team }: FoundTeam): OperatorCommand {
  const given = teamNamed(command.message);
  if (given === team) return command;
  return { ...command, message: { shownAs: `team=${given}`, ...command.message, team } } as OperatorCommand;
}
