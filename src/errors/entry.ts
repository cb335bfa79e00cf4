/** Who has to act: the person at the keyboard, Holdout's surroundings, or the team that handed in a submission. */
export type ErrorSource = 'user' | 'platform' | 'submission';

/** `says` names the offending value, `next` the action that fixes it. */
export interface CatalogueEntry<Details> {
  source: ErrorSource;
  says: (details: Details) => string;
  next: (details: Details) => string;
}

/** One entry of the catalogue. */
export const entry = <Details>(
  source: ErrorSource,
  says: (details: Details) => string,
  next: (details: Details) => string,
): CatalogueEntry<Details> => ({ source, says, next });
