import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { condition, setHandler } from '@temporalio/workflow';
import {
  operatorCommands,
  type OperatorCommand,
  type OperatorCommandName,
} from '../../campaign/operators/operator-commands.ts';
import type { CanaryReport } from '../../campaign/model/canaries/canary-report.ts';
import type {
  RunRequest,
  RunSettlement,
  StuckReport,
  SubmissionReport,
  HeldRunReport,
} from '../../campaign/model/messages.ts';
import * as messages from '../signals-and-queries.ts';

/** Receives the messages once the campaign has its state. */
export interface Recipients {
  requestRun: (request: RunRequest) => void;
  runSettled: (settlement: RunSettlement) => void;
  submissionFinished: (report: SubmissionReport) => void;
  heldRun: (report: HeldRunReport) => void;
  stuck: (report: StuckReport) => void;
  canaryEnded: (report: CanaryReport) => void;
  /** An operator's signal. */
  command: (command: OperatorCommand) => void;
  /** An operator's update; rejects if it is refused. */
  ask: (command: OperatorCommand) => Promise<void>;
  /** Throws if an update can be refused at once. */
  check: (command: OperatorCommand) => void;
}

/**
 * Receives every message from a run's first moment on, also while its state is being restored, and delivers them in the order
 * of arrival. (Temporal keeps signals without a handler by name, in no order among names, and rejects such updates.)
 */
export class MessageBuffer {
  private recipients: Recipients | undefined;
  private readonly early: ((recipients: Recipients) => void)[] = [];

  constructor() {
    this.signal(messages.requestRunSignal, (to, request) => to.requestRun(request));
    this.signal(messages.runSettledSignal, (to, settlement) => to.runSettled(settlement));
    this.signal(messages.submissionFinishedSignal, (to, report) => to.submissionFinished(report));
    this.signal(messages.standingSignal, (to, report) => to.heldRun(report));
    this.signal(messages.stuckSignal, (to, report) => to.stuck(report));
    this.signal(messages.canaryEndedSignal, (to, report) => to.canaryEnded(report));
    for (const name of Object.keys(operatorCommands) as OperatorCommandName[]) this.command(name);
  }

  /** Delivers the buffered messages, and from now on each one as it arrives. */
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

  /** The Web UI may send no argument at all. */
  private command(name: OperatorCommandName): void {
    const commandWith = (message: object | undefined) => ({ name, message: message ?? {} }) as OperatorCommand;
    const definition: SignalDefinition<[object?]> | UpdateDefinition<void, [object]> = messages.commandMessages[name];
    if (definition.type === 'signal') {
      setHandler(definition, (message) => this.deliver((to) => to.command(commandWith(message))));
      return;
    }
    const take = async (message: object): Promise<void> => {
      await condition(() => this.recipients !== undefined);
      await this.recipients?.ask(commandWith(message));
    };
    setHandler(definition, take, {
      validator: (message) => this.recipients?.check(commandWith(message)),
    });
  }
}
