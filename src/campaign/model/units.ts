/** Parsers for the units of a campaign file. They return undefined for text that they cannot read exactly. */

const durationPattern = /^(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const secondsOfUnits = [604_800, 86_400, 3_600, 60, 1];

/** Seconds of `30s`, `15m`, `9h`, `2d`, `3w` or a combination in descending order such as `1h30m`. */
export function parseDuration(text: string): number | undefined {
  const found = durationPattern.exec(text);
  if (found === null) return undefined;
  const seconds = secondsOfUnits.reduce((sum, unit, index) => sum + unit * Number(found[index + 1] ?? 0), 0);
  return Number.isSafeInteger(seconds) ? seconds : undefined;
}

/** Bytes of `50MiB`, `1.5GiB` (powers of 1,024) or `1GB` (powers of 1,000), rounded to a whole byte. */
export function parseSize(text: string): number | undefined {
  const [, amount, prefix = '', binary] = /^(\d+(?:\.\d+)?) ?(?:([KMGT])(i)?)?B$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const bytes = Math.round(Number(amount) * (binary ? 1024 : 1000) ** ' KMGT'.indexOf(prefix || ' '));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The share of `10%`, from 0 to `most`. */
export function parseShare(text: string, most = 1): number | undefined {
  const found = /^(\d+(?:\.\d+)?)%$/.exec(text);
  const share = Number(found?.[1]) / 100;
  return share <= most ? share : undefined;
}

/** Formats `10 %`, in whole per cent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Micro-dollars of an amount in dollars; undefined when it is negative or finer than a micro-dollar. */
export function microUsdOf(usd: number): number | undefined {
  const microUsd = Math.round(usd * 1e6);
  const exact = Math.abs(usd * 1e6 - microUsd) < 1e-3;
  return exact && usd >= 0 && Number.isSafeInteger(microUsd) ? microUsd : undefined;
}

const instantPattern = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** An instant such as `2026-12-01T18:00:00Z`; the default zone is UTC, the default time midnight. */
export function parseInstant(text: string): Date | undefined {
  const [, day, time = '00:00', zone = 'Z'] = instantPattern.exec(text) ?? [];
  if (day === undefined) return undefined;
  const midnight = new Date(`${day}T00:00Z`);
  // JavaScript reads 30 February as 1 March.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return undefined;
  const instant = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

/** `36 h`, `4.7 h`, `15 min`, `7 s`. */
export function durationText(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 360) / 10} h`;
}

/** `2026-01-02 14:20 UTC`. */
export const instantText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
