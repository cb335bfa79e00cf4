/** Where two JSON-like values differ: `path: was … now …`, one line each. */
export function differences(was: unknown, now: unknown, path = ''): string[] {
  if (isRecord(was) && isRecord(now)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(now)])].sort();
    return keys.flatMap((key) => differences(was[key], now[key], path === '' ? key : `${path}.${key}`));
  }
  const [before, after] = [JSON.stringify(was), JSON.stringify(now)];
  return before === after ? [] : [`${path}: was ${short(before)}, now ${short(after)}`];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const short = (text: string | undefined): string => (text === undefined ? 'absent' : text.slice(0, 80));
