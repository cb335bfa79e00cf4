import { responsibleParties, type Reason } from '../model/reasons.ts';
import { microUsdOf, parseInstant } from '../model/units.ts';

/** A field of operators' messages. It may hold any JSON: the Web UI sends whatever was typed. */
interface Field<Value> {
  accepts: (value: unknown) => boolean;
  /** Completes "… is not". */
  expected: string;
  /** Its type once it is accepted. */
  value?: Value;
}

/** The reason with which a close ends the remaining submissions. */
export type RestReason = Extract<Reason, 'budget-exhausted' | 'cancelled'>;

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && Number(value) >= least;
const isBetween = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most;
const text: Field<string> = { accepts: isText, expected: 'a string' };
const textOrEmpty: Field<string> = { accepts: (value) => typeof value === 'string', expected: 'a string' };

const field = <Value>(expected: string, accepts: (value: unknown) => boolean): Field<Value> => ({ accepts, expected });

const fields = {
  by: textOrEmpty,
  /** The operator's note. */
  reason: textOrEmpty,
  /** Chosen by the sender, who finds the command's record by it. */
  id: textOrEmpty,
  /** The subject by its pseudonym, which the log shows in place of the real one. */
  shownAs: text,
  team: text,
  /** Also ends current runs; their submissions run again later, uncharged. */
  kill: field<boolean>('true or false', (value) => typeof value === 'boolean'),
  /** 1 is first. */
  priority: field<number>('a whole number from 1 to 5', (value) => isWhole(value, 1) && isBetween(value, 1, 5)),
  weight: field<number>('between 0.001 and 1000', (value) => isBetween(value, 0.001, 1_000)),
  usd: field<number>('an amount in dollars', (value) => typeof value === 'number' && microUsdOf(value) !== undefined),
  deadline: field<string>('an instant', (value) => typeof value === 'string' && parseInstant(value) !== undefined),
  class: text,
  slots: field<number>('a whole number of slots', (value) => isWhole(value, 0)),
  /** The S3 key of an {@link AddedRounds} that was written before. */
  rounds: text,
  count: field<number>('a whole number of rounds', (value) => isWhole(value, 1)),
  submissions: field<string[]>(
    'a list of submissions',
    (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  ),
  rest: field<RestReason>(
    'budget-exhausted or cancelled',
    (value) => value === 'budget-exhausted' || value === 'cancelled',
  ),
  /** Only submissions whose last run failed for this reason. */
  because: field<Reason>(
    'a failure reason',
    (value) => typeof value === 'string' && Object.hasOwn(responsibleParties, value),
  ),
};

export type FieldName = keyof typeof fields;
type ValueOf<Some> = Some extends Field<infer Value> ? Value : never;

/** A message with these fields; every message may say who sends it, why, and how its subject is shown. */
export type MessageWith<Required extends FieldName, Optional extends FieldName> = {
  [Name in Required]: ValueOf<(typeof fields)[Name]>;
} & { [Name in Optional | 'by' | 'reason' | 'id' | 'shownAs']?: ValueOf<(typeof fields)[Name]> };

/** Returns the first invalid field of a command's message as a sentence, or undefined. */
export function invalidField(name: string, required: readonly FieldName[], message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return `${JSON.stringify(message)} is not an object with the fields of ${name}`;
  }
  const given = new Map(Object.entries(message).filter(([, value]) => value !== undefined));
  const missing = required.find((one) => !given.has(one));
  if (missing) return `${missing} is missing`;
  for (const [key, value] of given) {
    const rule = isField(key) ? fields[key] : undefined;
    if (rule && !rule.accepts(value)) return `${key} ${JSON.stringify(value)} is not ${rule.expected}`;
  }
  return undefined;
}

const isField = (key: string): key is FieldName => Object.hasOwn(fields, key);
