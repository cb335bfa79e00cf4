import { missingFor } from '../../cloud-checks/missing-for.ts';
import { isUnknown } from '../../cloud-checks/unless-unknown.ts';
import { HoldoutError, messageOf } from '../../errors.ts';
import { missing, note, ok, type Requirement } from '../../requirement.ts';

/** What a check found: the text of an `ok` line, or a requirement of its own. */
export type AttemptFound = string | Requirement;

/** Does a check; what it throws is MISSING, with the next step of the catalogue. */
export async function attempt(what: string, check: () => Promise<AttemptFound>): Promise<Requirement> {
  try {
    const found = await check();
    return typeof found === 'string' ? ok(what, found) : found;
  } catch (error) {
    return error instanceof HoldoutError
      ? missing(what, error.message, error.next)
      : missingFor('operator', what, messageOf(error), 'See docs/aws.md, then run the same command again.');
  }
}

/** Like {@link attempt}, for a check whose own right may be lacking: then nothing is known, which is a note and never ok. */
export function attemptIfAllowed(what: string, check: () => Promise<AttemptFound>): Promise<Requirement> {
  return attempt(what, async () => {
    try {
      return await check();
    } catch (error) {
      if (isUnknown(error)) return note(what, `not checked: ${messageOf(error)}`);
      throw error;
    }
  });
}
