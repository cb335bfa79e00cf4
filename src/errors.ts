import { campaignErrors } from './errors/campaign-errors.ts';
import { cloudErrors } from './errors/cloud-errors.ts';
import { codecErrors } from './errors/codec-errors.ts';
import type { CatalogueEntry, ErrorSource } from './errors/entry.ts';
import { machineErrors } from './errors/machine-errors.ts';
import { runErrors } from './errors/run-errors.ts';

/**
 * The catalogue of errors. Each has a stable code, says what happened and why, and names the next step.
 *
 * Expected results of a run (out of memory, time limit, bad output) are values, see campaign/model/reasons.ts. Everything else
 * is thrown as a {@link HoldoutError} made by {@link holdoutError}.
 */
const catalogue = { ...campaignErrors, ...cloudErrors, ...codecErrors, ...machineErrors, ...runErrors } as const;

type Catalogue = typeof catalogue;
export type ErrorCode = keyof Catalogue;
type DetailsOf<Code extends ErrorCode> = Parameters<Catalogue[Code]['says']>[0];

/** An error with a code of the {@link catalogue}; `next` is the next step for the reader. */
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

/** Makes the error of a code: `throw holdoutError('PORT_BUSY', { port: 7233, … })`. */
export function holdoutError<Code extends ErrorCode>(
  code: Code,
  details: DetailsOf<Code>,
  cause?: unknown,
): HoldoutError {
  const { source, says, next } = catalogue[code] as CatalogueEntry<DetailsOf<Code>>;
  const step = typeof next === 'string' ? next : next(details);
  return new HoldoutError(code, source, says(details), step, cause === undefined ? undefined : { cause });
}

/** The next step of an error whose text is the same for every cause; undefined for other codes and texts that are no code. */
export function constantNext(code: string): string | undefined {
  const next = Object.hasOwn(catalogue, code) ? catalogue[code as ErrorCode].next : undefined;
  return typeof next === 'string' ? next : undefined;
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
