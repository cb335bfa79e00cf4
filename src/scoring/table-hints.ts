import type { FaultKind } from '../campaign/model/prediction-faults.ts';
import { quoted } from '../safe-text.ts';

/** A fault that is known more closely: what it is, and words about it and how to fix it. */
export interface Hint {
  fault: FaultKind;
  text: string;
}

/** What is wrong with a first line that is no header at all; undefined when nothing is known. Pure. */
export function notAHeader(text: string, names: readonly string[], wanted: readonly string[]): Hint | undefined {
  const line = text.trim();
  if (/^"?sep=.?"?,*$/i.test(line)) {
    const words = `${quoted(line)} is a line for Excel only: remove it, so that the header comes first`;
    return { fault: 'excel-line', text: words };
  }
  if (/^[[{]/.test(line)) return { fault: 'json', text: 'the file is JSON: write a CSV table' };
  if (line.startsWith('#')) {
    return { fault: 'comment', text: `${quoted(line)} is a comment: remove it, so that the header comes first` };
  }
  const other = [';', '\t', '|'].find((delimiter) => {
    const split = line.split(delimiter).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    return wanted.every((name) => split.includes(name));
  });
  if (other !== undefined) {
    const words = `fields are separated by ${delimiterNames[other]}: separate them by commas`;
    return { fault: 'delimiter', text: words };
  }
  return names.some(isNumber)
    ? { fault: 'no-header', text: 'the file has no header: it begins with a row' }
    : undefined;
}

const delimiterNames: Record<string, string> = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' };

/** What else the header has that may be meant by a name it lacks. Pure. */
export function similarName(name: string, names: readonly string[]): string {
  const similar = names.find((other) => other.toLowerCase() === name.toLowerCase());
  return similar === undefined ? '' : `; ${quoted(similar)} is not the same, names are compared exactly`;
}

/** Why a row has not as many fields as the header; undefined when nothing is known. Pure. */
export function rowHint(text: string, fields: readonly string[], count: number): Hint | undefined {
  const line = text.trim();
  if (line === dosEnd) {
    return { fault: 'dos-end', text: '; it is only the end-of-file mark of DOS (Ctrl-Z): remove it' };
  }
  if (line.startsWith('#')) return { fault: 'comment', text: '; comments are not allowed: remove it' };
  if (fields.length !== count + 1) return undefined;
  const [before = '', after = ''] = fields.slice(-2);
  if (after.trim() === '') {
    return { fault: 'last-comma', text: '; remove the comma at its end, which the header does not have' };
  }
  return /^\s*[+-]?\d+$/.test(before) && /^\d+\s*$/.test(after) ? decimalComma : undefined;
}

const dosEnd = '\x1A';
const decimalComma: Hint = { fault: 'decimal-comma', text: '; write decimals with a point' };

/** Why something is no number; undefined when nothing is known. Pure. */
export function numberHint(text: string): Hint | undefined {
  if (text.endsWith(dosEnd)) {
    return { fault: 'dos-end', text: '; remove the end-of-file mark of DOS (Ctrl-Z) after it' };
  }
  if (/^[+-]?\d+,\d+$/.test(text)) return decimalComma;
  const fix = formatFix(text);
  return fix === undefined ? undefined : { fault: 'number-format', text: `; ${fix}` };
}

function formatFix(text: string): string | undefined {
  if (/^[+-]?\d{1,3}(?:[,'’_ .\u00A0\u202F]\d{3})+(?:[.,]\d+)?$/.test(text)) {
    return 'write it without separators between thousands';
  }
  if (/^[+-]?[\d.,]+\s*%$/.test(text)) return 'write a share such as 0.5, not a percentage';
  const ascii = text.normalize('NFKC').replace('\u2212', '-');
  return ascii !== text && isNumber(ascii) ? 'write it in ASCII characters' : undefined;
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));
