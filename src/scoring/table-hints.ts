import type { FaultKind } from '../campaign/model/prediction-faults.ts';
import { quoted } from '../safe-text.ts';

/** A more specific fault, and a text that explains it and how to fix it. */
interface Hint {
  fault: FaultKind;
  text: string;
}

/** Explains a first line that is not a header, or returns undefined. */
export function notAHeader(text: string, names: readonly string[], wanted: readonly string[]): Hint | undefined {
  const line = text.trim();
  const remove = 'remove it so that the header comes first';
  if (/^"?sep=.?"?,*$/i.test(line))
    return { fault: 'excel-line', text: `${quoted(line)} is for Excel only: ${remove}` };
  if (/^[[{]/.test(line)) return { fault: 'json', text: 'the file is JSON: write a CSV table' };
  if (line.startsWith('#')) return { fault: 'comment', text: `${quoted(line)} is a comment: ${remove}` };
  const [, other] =
    Object.entries(otherDelimiters).find(([delimiter]) => {
      const split = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
      return wanted.every((name) => split.includes(name));
    }) ?? [];
  if (other) return { fault: 'delimiter', text: `fields are separated by ${other}: separate them by commas` };
  if (!names.some(isNumber)) return undefined;
  return { fault: 'no-header', text: 'the file has no header: it begins with a row' };
}

/** Common mistakes for a comma, and their names. */
const otherDelimiters = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** Names a column that differs from a missing one only in case. */
export function similarName(name: string, names: readonly string[]): string {
  const similar = names.find((other) => other.toLowerCase() === name.toLowerCase());
  return similar === undefined ? '' : `; ${quoted(similar)} differs in case`;
}

/** Explains why a row and the header differ in length, or returns undefined. */
export function rowHint(text: string, fields: readonly string[], count: number): Hint | undefined {
  const line = text.trim();
  if (line === dosEnd) return { fault: 'dos-end', text: '; it is only the DOS end-of-file mark (Ctrl-Z): remove it' };
  if (line.startsWith('#')) return { fault: 'comment', text: '; comments are not allowed: remove it' };
  if (fields.length !== count + 1) return undefined;
  const [before = '', after = ''] = fields.slice(-2);
  if (after.trim() === '') return { fault: 'last-comma', text: '; remove the extra comma at its end' };
  return /^\s*[+-]?\d+$/.test(before) && /^\d+\s*$/.test(after) ? decimalComma : undefined;
}

const dosEnd = '\x1A';
const decimalComma: Hint = { fault: 'decimal-comma', text: '; use a decimal point' };

/** Explains why a text is not a number, or returns undefined. */
export function numberHint(text: string): Hint | undefined {
  if (text.endsWith(dosEnd)) return { fault: 'dos-end', text: '; remove the DOS end-of-file mark (Ctrl-Z) after it' };
  if (/^[+-]?\d+,\d+$/.test(text)) return decimalComma;
  const fix = formatFix(text);
  return fix === undefined ? undefined : { fault: 'number-format', text: `; ${fix}` };
}

function formatFix(text: string): string | undefined {
  if (/^[+-]?\d{1,3}(?:[,'’_ .\u00A0\u202F]\d{3})+(?:[.,]\d+)?$/.test(text)) {
    return 'remove the thousands separators';
  }
  if (/^[+-]?[\d.,]+\s*%$/.test(text)) return 'write a fraction such as 0.5, not a percentage';
  const ascii = text.normalize('NFKC').replace('\u2212', '-');
  return ascii !== text && isNumber(ascii) ? 'write it in ASCII characters' : undefined;
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));
