/**
 * The catalogue of everything that can go wrong outside the expected outcomes.
 *
 * Expected ends of a run (out of memory, time limit, bad output) are values, see campaign/reasons.ts. Trouble is thrown
 * as a {@link HoldoutError} made by {@link trouble}: a stable code, what happened, and what to do next.
 */

/** Who has to act: the person at the keyboard, Holdout's surroundings, or the team that handed in a submission. */
export type ErrorSource = 'user' | 'platform' | 'submission';

interface CatalogueEntry<Details> {
  source: ErrorSource;
  says: (details: Details) => string;
  next: (details: Details) => string;
}

const entry = <Details>(
  source: ErrorSource,
  says: (details: Details) => string,
  next: (details: Details) => string,
): CatalogueEntry<Details> => ({ source, says, next });

/** One line for every code; `says` names the offending value, `next` the action that mends it. */
export const catalogue = {
  CAMPAIGN_FILE_UNREADABLE: entry<{ file: string; cause: string }>(
    'user',
    (d) => `The campaign file ${d.file} cannot be read: ${d.cause}`,
    () => 'Give the path of a campaign file: npm run start-campaign -- FILE',
  ),
  CAMPAIGN_INVALID: entry<{ file: string; faults: string[] }>(
    'user',
    (d) => `${d.file}: ${d.faults.length} fault${d.faults.length === 1 ? '' : 's'}\n  ${d.faults.join('\n  ')}`,
    () => 'Mend the lines above and start again; nothing was started.',
  ),
  CAMPAIGN_CHANGED: entry<{ campaign: string; differences: string[] }>(
    'user',
    (d) => `Campaign ${d.campaign} was started from another file. What differs:\n  ${d.differences.join('\n  ')}`,
    () => 'Restore the file, give the campaign a new name, or steer the running one: npm run holdout -- --help',
  ),
  CAMPAIGN_UNKNOWN: entry<{ campaign: string }>(
    'user',
    (d) => `There is no campaign named ${d.campaign}.`,
    () => 'Start it first: npm run start-campaign -- FILE',
  ),
  USAGE: entry<{ message: string }>(
    'user',
    (d) => d.message,
    () => 'See npm run holdout -- --help',
  ),
  OBJECT_MISSING: entry<{ bucket: string; key: string }>(
    'platform',
    (d) => `There is no object s3://${d.bucket}/${d.key}.`,
    () => 'Check that the bucket belongs to this campaign and that nobody removed the object.',
  ),
  OBJECT_DIFFERS: entry<{ bucket: string; key: string }>(
    'platform',
    (d) => `s3://${d.bucket}/${d.key} exists already with other content; it is written once and was left as it is.`,
    () => 'Two writers disagree about a record. Compare both before going on; nothing was overwritten.',
  ),
} as const;

type Catalogue = typeof catalogue;
export type ErrorCode = keyof Catalogue;
type DetailsOf<Code extends ErrorCode> = Parameters<Catalogue[Code]['says']>[0];

/** Trouble with a code of the {@link catalogue}; `next` says what the reader should do. */
export class HoldoutError extends Error {
  override readonly name = 'HoldoutError';
  constructor(
    readonly code: ErrorCode,
    readonly source: ErrorSource,
    message: string,
    readonly next: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Makes the error of a code: `throw trouble('PORT_BUSY', { port: 7233, … })`. */
export function trouble<Code extends ErrorCode>(code: Code, details: DetailsOf<Code>, cause?: unknown): HoldoutError {
  const found = catalogue[code] as CatalogueEntry<DetailsOf<Code>>;
  return new HoldoutError(
    code,
    found.source,
    found.says(details),
    found.next(details),
    cause === undefined ? undefined : { cause },
  );
}

/** The readable part of anything that was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
