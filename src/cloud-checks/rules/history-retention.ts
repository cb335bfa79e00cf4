import { note, ok, type Requirement } from '../../requirement.ts';

/** Days. After fewer, the history of a submission is gone before the questions of its team come. */
const enoughDays = 30;

/** For how many days the namespace keeps histories; undefined: the server does not say. */
export function historyRetention(days: number | undefined): Requirement {
  if (days === undefined) return note('history', 'this server does not say how long it keeps histories');
  const found = `kept for ${Math.round(days * 10) / 10} days after the end; results and reasons stay in S3`;
  return days >= enoughDays ? ok('history', found) : note('history', `${found}; ${enoughDays} days are better`);
}
