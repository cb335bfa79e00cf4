import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { FaultKind } from '../campaign/prediction-faults.ts';

/** Longest line that is read, in UTF-16 units; a prediction needs a name and a number. */
const maxLineLength = 65_536;

/** Why a file was not read to its end; `line` where one line is to blame. */
export interface Stopped {
  fault: Extract<FaultKind, 'too-large' | 'not-text' | 'line-too-long'>;
  line: number | null;
  text: string;
}

/**
 * Reads UTF-8 text line by line with bounded memory: a byte order mark is dropped, lines end in LF or CRLF. Answers why
 * reading stopped before the end, undefined when it did not. Throws only what the source throws.
 */
export async function forEachLine(
  source: Readable | string,
  maxBytes: number,
  onLine: (line: string, number: number) => void,
): Promise<Stopped | undefined> {
  const stream = typeof source === 'string' ? createReadStream(source, { highWaterMark: 262_144 }) : source;
  const decoder = new StringDecoder('utf8');
  let bytes = 0;
  let number = 0;
  let rest = '';
  const take = (line: string): void => {
    number += 1;
    onLine(line.slice(number === 1 && line.startsWith('\uFEFF') ? 1 : 0, line.endsWith('\r') ? -1 : undefined), number);
  };
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += piece.length;
    if (bytes > maxBytes) {
      return { fault: 'too-large', line: null, text: `the file is larger than the ${maxBytes} bytes allowed` };
    }
    if (piece.includes(0)) return { fault: 'not-text', line: null, text: notText };
    const lines = `${rest}${decoder.write(piece)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.length > maxLineLength) return tooLong(number + 1);
      take(line);
    }
    if (rest.length > maxLineLength) return tooLong(number + 1);
  }
  rest += decoder.end();
  if (rest !== '') take(rest);
  return undefined;
}

const notText = 'the file holds NUL bytes: it is not UTF-8 text but UTF-16, compressed or binary';

const tooLong = (line: number): Stopped => ({
  fault: 'line-too-long',
  line,
  text: `line ${line} is longer than ${maxLineLength} characters`,
});

const quotedField = /"((?:[^"]|"")*)"(,|$)/y;

/**
 * The fields of one CSV line, undefined when a quote stands where it may not. A record never spans lines here: no input
 * has a line break in its name, so one stray quote spoils one line only and needs no memory, whatever follows it.
 */
export function splitCsvLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] === '"') {
      quotedField.lastIndex = at;
      const found = quotedField.exec(line);
      if (found === null) return undefined;
      fields.push((found[1] ?? '').replaceAll('""', '"'));
      if (found[2] === '') return fields;
      at = quotedField.lastIndex;
    } else {
      const end = line.indexOf(',', at);
      const field = end === -1 ? line.slice(at) : line.slice(at, end);
      if (field.includes('"')) return undefined;
      fields.push(field);
      if (end === -1) return fields;
      at = end + 1;
    }
  }
  return fields;
}
