import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from './errors.ts';

/**
 * What a failure from Temporal says: its code, and the words that an activity put into its details, because messages have none
 * (activities/activity-failure.ts).
 */
export function failureWords(failure: unknown): string {
  const { cause } = failure as { cause?: unknown };
  if (cause !== undefined) return failureWords(cause);
  if (!(failure instanceof ApplicationFailure)) return messageOf(failure);
  const [words] = failure.details ?? [];
  const text = typeof words === 'string' ? words : failure.message;
  return failure.type == null || failure.type === 'Error' ? text : `${failure.type}: ${text}`;
}
