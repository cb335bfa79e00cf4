import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { faultCause } from '../campaign/evaluation/fault-cause.ts';
import { constantNext, HoldoutError, messageOf } from '../errors.ts';
import { sha256 } from '../sha256.ts';

/**
 * What crosses to Temporal when an activity fails. The message, which Temporal stores and shows, has the code and the ids of
 * the round alone: an error's words may name archive entries, paths of a host or a contestant's text. They are in the worker's
 * log. Where the codec seals payloads, the failure's details have them too, shortened, for `status`: the cause, and the next step
 * unless it follows from the code; else only the {@link causeId}. Errors of Temporal itself, such as a cancellation, pass.
 * `nextRetryDelay` (ms) replaces the pause of the activity's retry policy.
 */
export function activityFailure(error: unknown, input: unknown, isSealed: boolean, nextRetryDelay?: number): unknown {
  if (error instanceof TemporalFailure || (error instanceof Error && error.name === 'AbortError')) return error;
  const isKnown = error instanceof HoldoutError;
  const { n } = (input ?? {}) as { n?: unknown };
  const type = typeOf(error);
  return ApplicationFailure.create({
    type,
    message: `${type}${placeOf(idsIn(input), n)}; the worker’s log ${isSealed ? 'and holdout status have' : 'has'} the cause`,
    ...(nextRetryDelay !== undefined && { nextRetryDelay }),
    nonRetryable: isKnown && (error.source !== 'platform' || error.code === 'OBJECT_DIFFERS'),
    details: isSealed ? [causeIn(error, input), ...(isKnown ? ownNext(error) : [])] : [unnamed(error, input)],
  });
}

/** An error without its words: its code, and where they are. */
export const withoutWords = (error: unknown, input: unknown): string => `${typeOf(error)}: ${unnamed(error, input)}`;

const unnamed = (error: unknown, input: unknown): string =>
  `the worker’s log has the cause as ${causeId(error, input)}`;

/**
 * An id that equal causes share, which the worker's log has beside the words. Too short, and not digits alone, so that
 * {@link faultCause} leaves it in.
 */
export const causeId = (error: unknown, input: unknown): string => `x${sha256(causeIn(error, input)).slice(0, 6)}`;

const typeOf = (error: unknown): string =>
  error instanceof HoldoutError ? error.code : error instanceof Error ? error.name : 'Error';

/** Without the ids of a submission: equal faults of several submissions have equal words, also where they are cut. */
function causeIn(error: unknown, input: unknown): string {
  const ids = idsIn(input);
  return faultCause(messageOf(error), ids.length > 1 ? ids : []);
}

function idsIn(input: unknown): string[] {
  const { campaign, submission } = (input ?? {}) as { campaign?: unknown; submission?: unknown };
  return [campaign, submission].filter((id) => typeof id === 'string');
}

/** Shortened apart from the cause, so that neither cuts the other. */
const ownNext = ({ code, next }: HoldoutError): string[] =>
  constantNext(code) === undefined ? [faultCause(next)] : [];

/** ` in <campaign>, <submission>, run 2`: ids are of letters, digits, dots, hyphens and underscores. */
function placeOf(ids: readonly string[], n: unknown): string {
  const parts = typeof n === 'number' ? [...ids, `run ${n}`] : ids;
  return parts.length === 0 ? '' : ` in ${parts.join(', ')}`;
}
