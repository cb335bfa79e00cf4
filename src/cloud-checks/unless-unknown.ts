import { HoldoutError } from '../errors.ts';

/** Whether a check could not be made, so that nothing is known. */
export const isUnknown = (error: unknown): boolean =>
  error instanceof HoldoutError && ['AWS_ACCESS_DENIED', 'AWS_CALL_FAILED'].includes(error.code);

/** Passes a check whose own right is not one that the work needs: the work itself will tell. */
export async function unlessUnknown(check: Promise<unknown>): Promise<void> {
  try {
    await check;
  } catch (error) {
    if (!isUnknown(error)) throw error;
  }
}
