import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { FaultKind } from '../campaign/model/prediction-faults.ts';
import { notTextBecause } from './not-text.ts';

/** Longest line, in UTF-16 units; a prediction needs a name and a number. */
const maxLineLength = 65_536;

/** A file by its path, or its bytes: a stream, or a list of chunks. */
export type ByteSource = string | AsyncIterable<Uint8Array | string> | readonly Buffer[];

/** Why reading stopped before the end; `line` if one line is the cause. */
interface StoppedReading {
  fault: Extract<FaultKind, 'too-large' | 'not-text' | 'line-too-long'>;
  line: number | null;
  text: string;
}

/**
 * Reads UTF-8 text line by line in bounded memory. Drops a byte order mark; lines end in LF, CRLF or CR. Returns why reading
 * stopped, or undefined at the end of the file. Throws only the source's errors.
 */
export async function forEachLine(
  source: ByteSource,
  maxBytes: number,
  onLine: (line: string, number: number) => void,
): Promise<StoppedReading | undefined> {
  const chunks = typeof source === 'string' ? createReadStream(source, { highWaterMark: 262_144 }) : source;
  const decoder = new StringDecoder('utf8');
  const splitter = new LineSplitter(onLine);
  let bytes = 0;
  for await (const data of chunks as AsyncIterable<Uint8Array | string>) {
    const chunk = bufferOf(data);
    const notText = notTextBecause(chunk, bytes === 0);
    if (notText !== undefined) return { fault: 'not-text', line: null, text: notText };
    bytes += chunk.length;
    if (bytes > maxBytes) {
      return { fault: 'too-large', line: null, text: `the file is larger than the ${maxBytes} bytes allowed` };
    }
    if (!splitter.add(decoder.write(chunk))) {
      const line = splitter.count + 1;
      return { fault: 'line-too-long', line, text: `line ${line} is longer than ${maxLineLength} characters` };
    }
  }
  splitter.end(decoder.end());
  return undefined;
}

/** Without a copy of bytes. */
const bufferOf = (data: Uint8Array | string): Buffer =>
  typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

class LineSplitter {
  count = 0;
  private rest = '';

  constructor(private readonly onLine: (line: string, number: number) => void) {}

  /** Returns false if the next line is too long. */
  add(text: string): boolean {
    const parts = `${this.rest}${text}`.split('\n');
    this.rest = parts.pop() ?? '';
    if (!parts.every((part) => this.take(part))) return false;
    // A CR at the very end may be the first half of a CRLF.
    const end = this.rest.length < 2 ? -1 : this.rest.lastIndexOf('\r', this.rest.length - 2);
    if (end >= 0) {
      if (!this.take(this.rest.slice(0, end))) return false;
      this.rest = this.rest.slice(end + 1);
    }
    return this.rest.length <= maxLineLength;
  }

  end(text: string): void {
    if (this.rest !== '' || text !== '') this.take(`${this.rest}${text}`);
  }

  /** Takes text that ends where a line does. */
  private take(text: string): boolean {
    const lines = (text.endsWith('\r') ? text.slice(0, -1) : text).split('\r');
    if (lines.some((line) => line.length > maxLineLength)) return false;
    for (const line of lines) {
      this.count += 1;
      this.onLine(this.count === 1 && line.startsWith('\uFEFF') ? line.slice(1) : line, this.count);
    }
    return true;
  }
}

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
