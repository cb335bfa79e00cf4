import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from './errors.ts';

/**
 * What a failure from Temporal says: its code, and the words that an activity put into its details, because messages have none
 * (activities/activity-failure.ts). `next`: the next step, if it does not follow from the code.
 */
export function failureCause(failure: unknown): { said: string; next?: string } {
  const { cause } = failure as { cause?: unknown };
  if (cause !== undefined) return failureCause(cause);
  if (!(failure instanceof ApplicationFailure)) return { said: messageOf(failure) };
  const [words, next] = failure.details ?? [];
  const text = typeof words === 'string' ? words : failure.message;
  const said = failure.type == null || failure.type === 'Error' ? text : `${failure.type}: ${text}`;
  return { said, ...(typeof next === 'string' && { next }) };
}
