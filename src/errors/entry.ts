/** Who has to act: the user of the command or the operator of the platform. */
export type ErrorSource = 'user' | 'platform';

/** An error: `says` tells what happened and names the offending value, `next` the action that fixes it. */
export interface CatalogueEntry<Details> {
  source: ErrorSource;
  says: (details: Details) => string;
  next: (details: Details) => string;
}

export const entry = <Details>(
  source: ErrorSource,
  says: (details: Details) => string,
  next: (details: Details) => string,
): CatalogueEntry<Details> => ({ source, says, next });
