import { ApplicationFailure } from '@temporalio/common';
import type {
  WorkflowInboundCallsInterceptor,
  WorkflowInterceptors,
  WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import { unauthenticatedBecause, unauthenticatedText, type RefusalReason } from '../../unauthenticated.ts';
import { logFields } from '../log-fields.ts';
import { refusals } from './refusals.ts';
import { isThisSealed, setSealed } from './sealed.ts';

/** Why a message is not authenticated. One without any content proves nothing about its sender. */
function refusalOfMessage(args: readonly unknown[]): RefusalReason | undefined {
  if (args.length === 0) return isThisSealed() ? 'missing' : undefined;
  return args.map(unauthenticatedBecause).find((reason) => reason !== undefined);
}

const refusal = (what: string, reason: RefusalReason): ApplicationFailure =>
  ApplicationFailure.nonRetryable(`${what} is not authenticated: ${unauthenticatedText[reason]}`, 'UNAUTHENTICATED');

/** Starts, signals and updates that are not authenticated have no effect. Queries change nothing, and their results are sealed. */
const inbound: WorkflowInboundCallsInterceptor = {
  async execute(input, next) {
    // Every workflow of Holdout's has an input.
    const reason = input.args.length === 0 ? 'missing' : refusalOfMessage(input.args);
    if (reason !== undefined) {
      refusals.add('the start of the workflow', reason);
      throw refusal('the start of the workflow', reason);
    }
    setSealed(input.args[0]);
    return next(input);
  },
  async handleSignal(input, next) {
    const reason = refusalOfMessage(input.args);
    if (reason === undefined) return next(input);
    refusals.add(`signal ${input.signalName}`, reason);
  },
  validateUpdate(input, next) {
    const reason = refusalOfMessage(input.args);
    if (reason === undefined) return next(input);
    refusals.warn(`update ${input.name}`, reason);
    throw refusal(`update ${input.name}`, reason);
  },
  async handleUpdate(input, next) {
    // A rogue worker may have accepted it without asking the validator.
    const reason = refusalOfMessage(input.args);
    if (reason !== undefined) throw refusal(`update ${input.name}`, reason);
    return next(input);
  },
};

const outbound: WorkflowOutboundCallsInterceptor = {
  getLogAttributes: (attributes, next) => next({ ...attributes, ...logFields }),
};

/** The name that Temporal looks for. */
export const interceptors = (): WorkflowInterceptors => ({ inbound: [inbound], outbound: [outbound] });
