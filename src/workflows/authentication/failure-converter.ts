import { DefaultFailureConverter, type PayloadConverter, type ProtoFailure } from '@temporalio/common';
import { isThisSealed } from './sealed.ts';

const sealing = new DefaultFailureConverter({ encodeCommonAttributes: true });

/** Moves the message and the stack trace of a failure into a payload, which the codec seals, if the workflow is sealed. */
class WorkflowFailureConverter extends DefaultFailureConverter {
  override errorToFailure(error: unknown, payloadConverter: PayloadConverter): ProtoFailure {
    return isThisSealed()
      ? sealing.errorToFailure(error, payloadConverter)
      : super.errorToFailure(error, payloadConverter);
  }
}

/** The name that Temporal's bundler looks for. */
export const failureConverter = new WorkflowFailureConverter();
