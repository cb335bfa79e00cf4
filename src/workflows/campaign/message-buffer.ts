import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { condition, setHandler } from '@temporalio/workflow';
import type { CommandName, OperatorCommand, OperatorCommands } from '../../campaign/operators/operator-messages.ts';
import type {
  RunRequest,
  RunSettlement,
  StuckReport,
  SubmissionReport,
  HeldRunReport,
} from '../../campaign/model/messages.ts';
import * as messages from '../messages.ts';

/** Who deals with the messages once the campaign knows its state. */
export interface Recipients {
  requestRun: (request: RunRequest) => void;
  runSettled: (settlement: RunSettlement) => void;
  submissionFinished: (report: SubmissionReport) => void;
  standing: (standing: HeldRunReport) => void;
  stuck: (report: StuckReport) => void;
  /** Takes an act of an operator, which is in the log if it is refused. */
  act: (act: OperatorCommand) => void;
  /** Takes an act whose operator waits for the answer; fails when it is refused. */
  ask: (act: OperatorCommand) => Promise<void>;
  /** Throws when an act is refused at once. */
  check: (act: OperatorCommand) => void;
}

/**
 * Takes every message from a run's first moment on, also while the run still opens, and hands them over in the order of
 * their arrival. (Temporal keeps signals without a handler by name, in no order among names, and refuses such updates.)
 */
export class MessageBuffer {
  private recipients: Recipients | undefined;
  private readonly early: ((recipients: Recipients) => void)[] = [];

  constructor() {
    this.signal(messages.requestRunSignal, (to, request) => to.requestRun(request));
    this.signal(messages.runSettledSignal, (to, settlement) => to.runSettled(settlement));
    this.signal(messages.submissionFinishedSignal, (to, report) => to.submissionFinished(report));
    this.signal(messages.standingSignal, (to, standing) => to.standing(standing));
    this.signal(messages.stuckSignal, (to, report) => to.stuck(report));
    this.actSignal('pauseTeam', messages.pauseTeamSignal);
    this.actSignal('resumeTeam', messages.resumeTeamSignal);
    this.actSignal('reprioritiseTeam', messages.reprioritiseTeamSignal);
    this.actSignal('pauseCampaign', messages.pauseCampaignSignal);
    this.actSignal('resumeCampaign', messages.resumeCampaignSignal);
    this.update('raiseBudget', messages.raiseBudgetUpdate);
    this.update('setDeadline', messages.setDeadlineUpdate);
    this.update('setSlots', messages.setSlotsUpdate);
    this.update('addSubmissions', messages.addSubmissionsUpdate);
    this.update('retry', messages.retryUpdate);
    this.update('rescore', messages.rescoreUpdate);
    this.update('cancel', messages.cancelUpdate);
    this.update('close', messages.closeUpdate);
    this.update('abort', messages.abortUpdate);
  }

  /** From now on messages are dealt with as they come; first those that came before. */
  open(recipients: Recipients): void {
    this.recipients = recipients;
    for (const deliver of this.early.splice(0)) deliver(recipients);
  }

  private deliver(to: (recipients: Recipients) => void): void {
    if (this.recipients) to(this.recipients);
    else this.early.push(to);
  }

  private signal<Message>(
    definition: SignalDefinition<[Message]>,
    take: (to: Recipients, message: Message) => void,
  ): void {
    setHandler(definition, (message) => this.deliver((to) => take(to, message)));
  }

  private actSignal<Name extends CommandName>(
    name: Name,
    definition: SignalDefinition<[OperatorCommands[Name]]> | SignalDefinition<[OperatorCommands[Name]?]>,
  ): void {
    setHandler(definition as SignalDefinition<[OperatorCommands[Name]?]>, (message) =>
      this.deliver((to) => to.act(actOf(name, message))),
    );
  }

  private update<Name extends CommandName>(
    name: Name,
    definition: UpdateDefinition<void, [OperatorCommands[Name]]>,
  ): void {
    const take = async (message: OperatorCommands[Name]): Promise<void> => {
      await condition(() => this.recipients !== undefined);
      await this.recipients?.ask(actOf(name, message));
    };
    setHandler(definition, take, { validator: (message) => this.recipients?.check(actOf(name, message)) });
  }
}

/** The Web UI may send no argument at all. */
const actOf = <Name extends CommandName>(name: Name, message: OperatorCommands[Name] | undefined): OperatorCommand =>
  ({ name, message: message ?? {} }) as OperatorCommand;
