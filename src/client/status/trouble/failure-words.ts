import { failureCause } from '../../../failure-cause.ts';
import { arrowTo, nextStepAfter } from './next-step.ts';

/** What a failure from Temporal says, and the next step. */
export function failureWords(failure: unknown): string {
  const { said, next } = failureCause(failure);
  return `${said}${arrowTo(next ?? nextStepAfter(said))}`;
}
