import type { Actor } from '../errors/actor.ts';
import { missing, type Requirement } from '../requirement.ts';

/** A requirement of the cloud that is not met, with who acts, as the errors of the catalogue say it. */
export const missingFor = (who: Actor, what: string, found: string, fix: string): Requirement =>
  missing(what, `${found}. Who acts: the ${who}.`, fix);
