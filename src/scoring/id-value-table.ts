import type { Readable } from 'node:stream';
import type { FaultKind } from '../campaign/prediction-faults.ts';
import { counted, quoted } from '../safe-text.ts';
import { forEachLine, splitCsvLine } from './csv-lines.ts';
import type { FaultList } from './fault-list.ts';

/** Which columns to read and how much at most. */
export interface TableFormat {
  id: string;
  value: string;
  maxBytes: number;
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a CSV table of ids and numbers: a header, columns in any order, others ignored, empty lines skipped. Every row
 * whose id can be read is handed to `onRow`, its number undefined when it has none; what is wrong goes to `faults`.
 * Answers false when reading stopped before the end, so that nothing is said about rows that were not read.
 */
export async function readIdValueTable(
  source: Readable | string,
  format: TableFormat,
  faults: FaultList,
  onRow: (id: string, value: number | undefined, line: number) => void,
): Promise<boolean> {
  let columns: Columns | undefined;
  let unreadable = false;
  const stopped = await forEachLine(source, format.maxBytes, (text, line) => {
    if (unreadable || text.trim() === '') return;
    if (columns === undefined) {
      columns = findColumns(splitCsvLine(text) ?? [text], format, (fault) =>
        faults.add('header', line, () => `line ${line}: ${fault}`),
      );
      unreadable = columns === undefined;
      return;
    }
    readRow(
      text,
      columns,
      (fault, text) => faults.add(fault, line, () => `line ${line}: ${text()}`),
      (id, value) => onRow(id, value, line),
    );
  });
  if (stopped !== undefined) {
    faults.add(stopped.fault, stopped.line, () => `${stopped.text}; nothing after that was read`);
  } else if (columns === undefined && !unreadable)
    faults.add('empty', null, () => `the file is empty: it needs a header with ${both(format)}`);
  return stopped === undefined && columns !== undefined;
}

interface Columns {
  count: number;
  id: number;
  value: number;
}

function findColumns(header: string[], format: TableFormat, report: (fault: string) => void): Columns | undefined {
  const names = header.map((name) => name.trim());
  const wrong = [format.id, format.value].filter((name) => names.filter((other) => other === name).length !== 1);
  for (const name of wrong) {
    const times = names.includes(name) ? 'more than one column' : 'no column';
    report(
      `the header has ${times} ${quoted(name)}; it needs ${both(format)} once each and reads ${quoted(header.join(','))}`,
    );
  }
  if (wrong.length > 0) return undefined;
  return { count: names.length, id: names.indexOf(format.id), value: names.indexOf(format.value) };
}

function readRow(
  text: string,
  columns: Columns,
  report: (fault: FaultKind, text: () => string) => void,
  onRow: (id: string, value: number | undefined) => void,
): void {
  const fields = splitCsvLine(text);
  if (fields === undefined)
    return report('quote', () => `a quote is not closed or stands inside a field: ${quoted(text)}`);
  if (fields.length !== columns.count) {
    return report(
      'columns',
      () => `has ${counted(fields.length, 'column')}, the header has ${columns.count}: ${quoted(text)}`,
    );
  }
  const id = fields[columns.id] ?? '';
  const number = fields[columns.value]?.trim() ?? '';
  const value = decimal.test(number) ? Number(number) : Number.NaN;
  if (!Number.isFinite(value)) report('not-a-number', () => `${quoted(number)} is not a finite number`);
  onRow(id, Number.isFinite(value) ? value : undefined);
}

const both = (format: TableFormat): string => `${quoted(format.id)} and ${quoted(format.value)}`;
