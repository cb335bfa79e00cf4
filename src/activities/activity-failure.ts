import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import { constantNext, HoldoutError, messageOf } from '../errors.ts';

/**
 * What crosses to Temporal when an activity fails. The message, which Temporal stores and shows, has the code and the ids of
 * the round alone: an error's words may name archive entries, paths of a host or a contestant's text. They are in the worker's
 * log, and shortened in the failure's details, a payload that the codec seals and that `status` reads: the cause, and the next
 * step unless it follows from the code. Errors of Temporal itself, such as a cancellation, pass.
 */
export function activityFailure(error: unknown, input: unknown): unknown {
  if (error instanceof TemporalFailure || (error instanceof Error && error.name === 'AbortError')) return error;
  const isKnown = error instanceof HoldoutError;
  const { campaign, submission, n } = (input ?? {}) as { campaign?: unknown; submission?: unknown; n?: unknown };
  const ids = [campaign, submission].filter((id) => typeof id === 'string');
  const type = isKnown ? error.code : error instanceof Error ? error.name : 'Error';
  return ApplicationFailure.create({
    type,
    message: `${type}${placeOf(ids, n)}; the worker’s log and holdout status have the cause`,
    nonRetryable: isKnown && (error.source !== 'platform' || error.code === 'OBJECT_DIFFERS'),
    // Without the ids of a submission: equal faults of several submissions have equal words, also where they are cut.
    details: [faultCause(messageOf(error), ids.length > 1 ? ids : []), ...(isKnown ? ownNext(error) : [])],
  });
}

/** Shortened apart from the cause, so that neither cuts the other. */
const ownNext = ({ code, next }: HoldoutError): string[] =>
  constantNext(code) === undefined ? [faultCause(next)] : [];

/** ` in <campaign>, <submission>, run 2`: ids are of letters, digits, dots, hyphens and underscores. */
function placeOf(ids: readonly string[], n: unknown): string {
  const parts = typeof n === 'number' ? [...ids, `run ${n}`] : ids;
  return parts.length === 0 ? '' : ` in ${parts.join(', ')}`;
}
