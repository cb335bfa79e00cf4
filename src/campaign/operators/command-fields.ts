import type { CommandName } from './operator-messages.ts';
import { responsibleParties } from '../model/reasons.ts';
import { microUsdOf, parseInstant } from '../model/units.ts';

/** The fields of operators' messages: the Web UI sends whatever JSON somebody typed. Pure. */

interface Field {
  accepts: (value: unknown) => boolean;
  /** Completes "… is not". */
  expected: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isWhole = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && Number(value) >= least;
const isBetween = (value: unknown, least: number, most: number): boolean =>
  typeof value === 'number' && value >= least && value <= most;
const text: Field = { accepts: isText, expected: 'a text' };

const fields: Record<string, Field> = {
  by: { accepts: (value) => typeof value === 'string', expected: 'a text' },
  reason: { accepts: (value) => typeof value === 'string', expected: 'a text' },
  id: { accepts: (value) => typeof value === 'string', expected: 'a text' },
  team: text,
  kill: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
  priority: {
    accepts: (value) => isWhole(value, 1) && isBetween(value, 1, 5),
    expected: 'a whole number from 1 to 5',
  },
  weight: { accepts: (value) => isBetween(value, 0.001, 1_000), expected: 'between 0.001 and 1000' },
  usd: {
    accepts: (value) => typeof value === 'number' && microUsdOf(value) !== undefined,
    expected: 'an amount in dollars',
  },
  deadline: {
    accepts: (value) => typeof value === 'string' && parseInstant(value) !== undefined,
    expected: 'an instant',
  },
  class: text,
  slots: { accepts: (value) => isWhole(value, 0), expected: 'a number of slots' },
  rounds: text,
  count: { accepts: (value) => isWhole(value, 1), expected: 'a number of rounds' },
  submissions: {
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
    expected: 'a list of submissions',
  },
  rest: {
    accepts: (value) => value === 'budget-exhausted' || value === 'cancelled',
    expected: 'budget-exhausted or cancelled',
  },
  because: {
    accepts: (value) => typeof value === 'string' && Object.hasOwn(responsibleParties, value),
    expected: 'a reason why runs fail',
  },
};

const needed: Partial<Record<CommandName, readonly string[]>> = {
  pauseTeam: ['team'],
  resumeTeam: ['team'],
  reprioritiseTeam: ['team'],
  raiseBudget: ['usd'],
  setDeadline: ['deadline'],
  setSlots: ['class', 'slots'],
  addSubmissions: ['rounds', 'count'],
  retry: ['rounds', 'count'],
  rescore: ['rounds', 'count'],
};

/** Why a message is none of an act's messages; undefined when every field is what it should be. */
export function invalidField(name: CommandName, message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return `${JSON.stringify(message)} is not an object with what ${name} needs`;
  }
  const given = new Map(Object.entries(message).filter(([, value]) => value !== undefined));
  const missing = needed[name]?.find((field) => !given.has(field));
  if (missing) return `no ${missing} was given`;
  for (const [field, value] of given) {
    const rule = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (rule && !rule.accepts(value)) return `${field} ${JSON.stringify(value)} is not ${rule.expected}`;
  }
  return undefined;
}
