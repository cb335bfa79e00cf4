import type { FaultKind } from '../campaign/model/prediction-faults.ts';
import { counted, quoted } from '../safe-text.ts';
import { forEachLine, splitCsvLine, type ByteSource } from './csv-lines.ts';
import type { FaultList } from './fault-list.ts';
import { itemId } from './item-id.ts';
import { notAHeader, numberHint, rowHint, similarName } from './table-hints.ts';

/** The columns to read and the size limit. */
interface TableFormat {
  id: string;
  value: string;
  maxBytes: number;
}

const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A fault of one row. `text` is called only if the fault is listed. */
interface RowFault {
  fault: FaultKind;
  text: () => string;
}

/** Requirements on a table beyond ids and finite numbers. */
interface TableRules {
  /** The messages' word for a row. */
  noun: 'row' | 'label';
  faultInId?: (id: string) => RowFault | undefined;
  faultInValue: (id: string, value: number) => RowFault | undefined;
}

interface IdValueTable {
  values: Map<string, number>;
  /** The line of every accepted id, also of those without a valid value. */
  lines: Map<string, number>;
  /** False if reading stopped before the end; then missing rows prove nothing. */
  isComplete: boolean;
}

/**
 * Reads a CSV table of ids and numbers with a header, columns in any order and one row per id; ignores other columns and empty
 * lines. Adds faults to `faults`.
 */
export async function readIdValueTable(
  source: ByteSource,
  format: TableFormat,
  faults: FaultList,
  rules: TableRules,
): Promise<IdValueTable> {
  const table: IdValueTable = { values: new Map(), lines: new Map(), isComplete: false };
  let columns: Columns | undefined;
  let unreadable = false;
  const stopped = await forEachLine(source, format.maxBytes, (text, line) => {
    if (unreadable || text.trim() === '') return;
    const report = (found: RowFault | undefined): void => {
      if (found) faults.add(found.fault, line, () => `line ${line}: ${found.text()}`);
    };
    if (columns === undefined) {
      columns = findColumns(text, format, report);
      unreadable = columns === undefined;
      return;
    }
    const { id, value, fault } = readRow(text, columns);
    report(fault);
    if (id !== undefined) report(addRow(table, rules, line, id, value));
  });
  if (stopped !== undefined) {
    faults.add(stopped.fault, stopped.line, () => `${stopped.text}; the rest was not read`);
  } else if (columns === undefined && !unreadable)
    faults.add('empty', null, () => `the file is empty: it needs a header with ${columnNames(format)}`);
  return { ...table, isComplete: stopped === undefined && columns !== undefined };
}

interface Columns {
  count: number;
  id: number;
  value: number;
}

function findColumns(text: string, format: TableFormat, report: (fault: RowFault) => void): Columns | undefined {
  const names = (splitCsvLine(text) ?? [text]).map((name) => name.trim());
  const wrong = [format.id, format.value].filter((name) => names.filter((other) => other === name).length !== 1);
  if (wrong.length === 0)
    return { count: names.length, id: names.indexOf(format.id), value: names.indexOf(format.value) };
  const other = notAHeader(text, names, [format.id, format.value]);
  if (other !== undefined) report({ fault: other.fault, text: () => other.text });
  for (const name of other === undefined ? wrong : []) {
    const found = names.includes(name)
      ? `more than one column ${quoted(name)}`
      : `no column ${quoted(name)}${similarName(name, names)}`;
    const needs = `it needs ${columnNames(format)} once each, but reads ${quoted(text.trim())}`;
    report({ fault: 'header', text: () => `the header has ${found}; ${needs}` });
  }
  return undefined;
}

function readRow(text: string, columns: Columns): { id?: string; value?: number; fault?: RowFault } {
  const fields = splitCsvLine(text);
  if (fields === undefined)
    return { fault: { fault: 'quote', text: () => `a quote is unclosed or inside a field: ${quoted(text)}` } };
  if (fields.length !== columns.count) {
    const hint = rowHint(text, fields, columns.count);
    const has = (): string =>
      `has ${counted(fields.length, 'column')}, but the header has ${columns.count}: ${quoted(text)}`;
    return { fault: { fault: hint?.fault ?? 'columns', text: () => has() + (hint?.text ?? '') } };
  }
  const id = itemId(fields[columns.id] ?? '');
  const number = fields[columns.value]?.trim() ?? '';
  const value = decimal.test(number) ? Number(number) : Number.NaN;
  if (Number.isFinite(value)) return { id, value };
  const hint = numberHint(number);
  const words = (): string => `${quoted(number)} is not a finite number${hint?.text ?? ''}`;
  return { id, fault: { fault: hint?.fault ?? 'not-a-number', text: words } };
}

function addRow(
  { values, lines }: IdValueTable,
  { noun, faultInId, faultInValue }: TableRules,
  line: number,
  id: string,
  value: number | undefined,
): RowFault | undefined {
  const unknown = faultInId?.(id);
  if (unknown) return unknown;
  const earlier = lines.get(id);
  if (earlier !== undefined)
    return { fault: 'id-again', text: () => `a second ${noun} for ${quoted(id)}, after line ${earlier}` };
  lines.set(id, line);
  if (value === undefined) return undefined;
  const fault = faultInValue(id, value);
  if (fault === undefined) values.set(id, value);
  return fault;
}

const columnNames = (format: TableFormat): string => `${quoted(format.id)} and ${quoted(format.value)}`;
