import { adviceOn, type PlatformAdvice } from '../../../campaign/explanation/platform-advice.ts';
import { constantNext } from '../../../errors.ts';

/**
 * What to do about a cause: by the words of AWS, else by the error's code at its beginning. A cause has at most 200 characters,
 * so its own text may lack the next step.
 */
export const nextStepAfter = (cause: string): string | undefined =>
  stepOf(adviceOn(cause)) ?? constantNext(cause.split(': ', 1)[0] ?? '')?.replace(/\.$/, '');

/** An advice with who acts on it, who need not be the reader. */
export function stepOf(advice: PlatformAdvice | undefined): string | undefined {
  if (advice === undefined || advice.who === 'nobody') return advice?.next;
  return `${advice.next} (who acts: the ${advice.who})`;
}

/** ` → <next step>`; empty if none is known. */
export const arrowTo = (next: string | undefined): string => (next === undefined ? '' : ` → ${next}`);

/** What to do about a fault before the command after it: `renew the credentials …, then`. */
export function repairOf(cause: string): string {
  const advice = adviceOn(cause);
  if (advice === undefined) return `${nextStepAfter(cause) ?? 'fix the cause'}, then`;
  const step = stepOf(advice);
  return advice.lasts ? `${step}, then` : `it may have passed (${step}), so try again`;
}
