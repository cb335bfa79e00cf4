import { ApplicationFailure } from '@temporalio/common';
import { messageOf } from '../../../errors.ts';
import { arrowTo, nextStepAfter } from './next-step.ts';

/**
 * What a failure from Temporal says: its code, the words that an activity put into its details, because messages have none
 * (activities/activity-failure.ts), and the next step.
 */
export function failureWords(failure: unknown): string {
  const { cause } = failure as { cause?: unknown };
  if (cause !== undefined) return failureWords(cause);
  if (!(failure instanceof ApplicationFailure)) return messageOf(failure);
  const [words, step] = failure.details ?? [];
  const text = typeof words === 'string' ? words : failure.message;
  const said = failure.type == null || failure.type === 'Error' ? text : `${failure.type}: ${text}`;
  return `${said}${arrowTo(typeof step === 'string' ? step : nextStepAfter(said))}`;
}
