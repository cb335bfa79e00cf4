import type { Names } from './names.ts';

/** Fields of views that hold ids, or lists of them. */
const fieldsOfIds: Readonly<Record<string, 'team' | 'submission'>> = {
  team: 'team',
  teamId: 'team',
  teams: 'team',
  pausedTeams: 'team',
  submission: 'submission',
  submissions: 'submission',
};

/**
 * What operators see of a view, which may be any JSON: ids in their fields, and names in every other text, become pseudonyms
 * while names are hidden.
 */
export function shown<View>(view: View, names: Names): View {
  return names.isHidden ? (shownValue(view, names, undefined) as View) : view;
}

function shownValue(value: unknown, names: Names, kind: 'team' | 'submission' | undefined): unknown {
  if (typeof value === 'string') return kind === undefined ? names.text(value) : names[kind](value);
  if (Array.isArray(value)) return value.map((one: unknown) => shownValue(one, names, kind));
  return isRecord(value) ? shownRecord(value, names) : value;
}

const shownRecord = (record: Record<string, unknown>, names: Names): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => {
      if (key === 'teamName') return [key, shownValue(record['team'] ?? record['teamId'] ?? value, names, 'team')];
      return [key, shownValue(value, names, Object.hasOwn(fieldsOfIds, key) ? fieldsOfIds[key] : undefined)];
    }),
  );

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
