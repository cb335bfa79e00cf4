import type { Readable } from 'node:stream';
import type { FaultKind } from '../campaign/model/prediction-faults.ts';
import { counted, quoted } from '../safe-text.ts';
import { forEachLine, splitCsvLine } from './csv-lines.ts';
import type { FaultList } from './fault-list.ts';
import { itemId } from './item-id.ts';
import { notAHeader, numberHint, rowHint, similarName } from './table-hints.ts';

/** The columns to read and the size limit. */
export interface TableFormat {
  id: string;
  value: string;
  maxBytes: number;
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * Reads a CSV table of ids and numbers with a header, columns in any order; ignores other columns and empty lines. Calls
 * `onRow` for every row with a readable id, with an undefined number if that is invalid. Adds faults to `faults`. Returns
 * false if reading stopped before the end, so that the caller reports no missing rows.
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
      columns = findColumns(text, format, (fault, words) => faults.add(fault, line, () => `line ${line}: ${words}`));
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
    faults.add(stopped.fault, stopped.line, () => `${stopped.text}; the rest was not read`);
  } else if (columns === undefined && !unreadable)
    faults.add('empty', null, () => `the file is empty: it needs a header with ${columnNames(format)}`);
  return stopped === undefined && columns !== undefined;
}

interface Columns {
  count: number;
  id: number;
  value: number;
}

function findColumns(
  text: string,
  format: TableFormat,
  report: (fault: FaultKind, text: string) => void,
): Columns | undefined {
  const names = (splitCsvLine(text) ?? [text]).map((name) => name.trim());
  const wrong = [format.id, format.value].filter((name) => names.filter((other) => other === name).length !== 1);
  if (wrong.length === 0)
    return { count: names.length, id: names.indexOf(format.id), value: names.indexOf(format.value) };
  const other = notAHeader(text, names, [format.id, format.value]);
  if (other !== undefined) report(other.fault, other.text);
  for (const name of other === undefined ? wrong : []) {
    const found = names.includes(name)
      ? `more than one column ${quoted(name)}`
      : `no column ${quoted(name)}${similarName(name, names)}`;
    report(
      'header',
      `the header has ${found}; it needs ${columnNames(format)} once each, but reads ${quoted(text.trim())}`,
    );
  }
  return undefined;
}

function readRow(
  text: string,
  columns: Columns,
  report: (fault: FaultKind, text: () => string) => void,
  onRow: (id: string, value: number | undefined) => void,
): void {
  const fields = splitCsvLine(text);
  if (fields === undefined) return report('quote', () => `a quote is unclosed or inside a field: ${quoted(text)}`);
  if (fields.length !== columns.count) {
    const hint = rowHint(text, fields, columns.count);
    const has = (): string =>
      `has ${counted(fields.length, 'column')}, but the header has ${columns.count}: ${quoted(text)}`;
    return report(hint?.fault ?? 'columns', () => has() + (hint?.text ?? ''));
  }
  const id = itemId(fields[columns.id] ?? '');
  const number = fields[columns.value]?.trim() ?? '';
  const value = decimal.test(number) ? Number(number) : Number.NaN;
  if (Number.isFinite(value)) return onRow(id, value);
  const hint = numberHint(number);
  report(hint?.fault ?? 'not-a-number', () => `${quoted(number)} is not a finite number${hint?.text ?? ''}`);
  onRow(id, undefined);
}

const columnNames = (format: TableFormat): string => `${quoted(format.id)} and ${quoted(format.value)}`;
