import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { FaultKind } from '../campaign/model/prediction-faults.ts';
import { notTextBecause } from './not-text.ts';

/** Longest line, in UTF-16 units; a prediction needs a name and a number. */
const maxLineLength = 65_536;

/** Why reading stopped before the end; `line` if one line is the cause. */
export interface StoppedReading {
  fault: Extract<FaultKind, 'too-large' | 'not-text' | 'line-too-long'>;
  line: number | null;
  text: string;
}

/**
 * Reads UTF-8 text line by line in bounded memory. Drops a byte order mark; lines end in LF, CRLF or CR. Returns why reading
 * stopped, or undefined at the end of the file. Throws only the source's errors.
 */
export async function forEachLine(
  source: Readable | string,
  maxBytes: number,
  onLine: (line: string, number: number) => void,
): Promise<StoppedReading | undefined> {
  const stream = typeof source === 'string' ? createReadStream(source, { highWaterMark: 262_144 }) : source;
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  let number = 0;
  let rest = '';
  const takeLine = (line: string): void => {
    number += 1;
    onLine(number === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line, number);
  };
  /** Takes whole lines. */
  const take = (text: string): void => {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (line.includes('\r')) line.split('\r').forEach(takeLine);
    else takeLine(line);
  };
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const notText = notTextBecause(piece, bytes === 0);
    if (notText !== undefined) return { fault: 'not-text', line: null, text: notText };
    bytes += piece.length;
    if (bytes > maxBytes) {
      return { fault: 'too-large', line: null, text: `the file is larger than the ${maxBytes} bytes allowed` };
    }
    const lines = `${rest}${decoder.write(piece)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.length > maxLineLength && isTooLong(line)) return tooLong(number + 1);
      take(line);
    }
    // A CR at the very end may be the first half of a CRLF.
    const end = rest.lastIndexOf('\r', rest.length - 2);
    if (end >= 0) {
      const whole = rest.slice(0, end);
      if (isTooLong(whole)) return tooLong(number + 1);
      take(whole);
      rest = rest.slice(end + 1);
    }
    if (rest.length > maxLineLength) return tooLong(number + 1);
  }
  rest += decoder.end();
  if (rest !== '') take(rest);
  return undefined;
}

const isTooLong = (text: string): boolean => text.split('\r').some((line) => line.length > maxLineLength);

const tooLong = (line: number): StoppedReading => ({
  fault: 'line-too-long',
  line,
  text: `line ${line} is longer than ${maxLineLength} characters`,
});

/** A field and the comma after it, or the end of the line. */
const field = /(?:([^",]*)|\s*"((?:[^"]|"")*)"\s*)(,|$)/y;

/**
 * Splits one CSV line into fields; undefined if a quote is misplaced. Blanks around quotes are ignored. Records never span
 * lines, since no input has a line break in its name; so a stray quote spoils one line only.
 */
export function splitCsvLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  field.lastIndex = 0;
  for (;;) {
    const found = field.exec(line);
    if (found === null) return undefined;
    const [, plain, quoted = '', end] = found;
    fields.push(plain ?? quoted.replaceAll('""', '"'));
    if (end === '') return fields;
  }
}
