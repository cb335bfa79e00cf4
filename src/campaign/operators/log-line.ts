import type { OperatorLogLine } from '../state/operators-log.ts';
import type { OperatorCommand } from './operator-commands.ts';

/** Characters of a command in the log; its message may have any number of fields. */
const longestLine = 500;

/** The line of the operators' log for a command that was carried out or refused at an ISO instant. */
export const logLineOf = (
  { name, message }: OperatorCommand,
  at: string,
  refused: string | undefined,
): OperatorLogLine => ({
  at,
  act: [name, ...subjectsOf(message, unloggedFields)].join(' ').slice(0, longestLine),
  ...(message.shownAs !== undefined && {
    shown: [name, shortText(message.shownAs), ...subjectsOf(message, [...unloggedFields, ...hiddenFields])].join(' '),
  }),
  by: shortText(message.by ?? 'Web UI'),
  ...(message.reason && { reason: shortText(message.reason) }),
  ...(message.id && { id: shortText(message.id) }),
  ...(refused && { refused: shortText(refused) }),
});

/** Fields that the log has separately (sender, note, id), and S3 keys, which mean nothing to people. */
const unloggedFields = ['by', 'reason', 'id', 'rounds', 'shownAs'];

/** Fields that `shownAs` replaces. */
const hiddenFields = ['team', 'submissions'];

const subjectsOf = (message: object, unlogged: readonly string[]): string[] =>
  Object.entries(message).flatMap(([key, value]) => (unlogged.includes(key) ? [] : [`${key}=${shortText(value)}`]));

/** Any JSON value as a short text. */
export const shortText = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 200);
