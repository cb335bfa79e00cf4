/** Who has to act: the user of the command or the operator of the platform. */
export type ErrorSource = 'user' | 'platform';

/** An error: `says` tells what happened and names the offending value, `next` the action that fixes it. */
export interface CatalogueEntry<Details> {
  source: ErrorSource;
  says: (details: Details) => string;
  next: string | ((details: Details) => string);
}

const entryFrom =
  (source: ErrorSource) =>
  <Details>(says: CatalogueEntry<Details>['says'], next: CatalogueEntry<Details>['next']): CatalogueEntry<Details> => ({
    source,
    says,
    next,
  });

export const userError = entryFrom('user');
export const platformError = entryFrom('platform');
