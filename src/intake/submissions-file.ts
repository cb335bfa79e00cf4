import { dirname } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { parseInstant } from '../campaign/model/units.ts';
import { messageOf } from '../errors.ts';
import { memberPattern } from '../ids.ts';
import { counted, quoted } from '../safe-text.ts';
import type { CheckedSubmission, ImageLocation } from './checked-campaign.ts';
import { contentOrFault, faultOfFile, locate, shownPath } from './locate.ts';
import { suggestion } from './campaign-file/suggestion.ts';
import { lineNotUtf8, notUtf8 } from './utf8.ts';
import { splitWords } from './campaign-file/split-words.ts';

const required = ['team', 'teamName', 'submission', 'image', 'submittedAt'];
const columns = [...required, 'publicScore', 'args', 'command'];
const memberRule = 'must be up to 64 letters, digits, dots, dashes and underscores, starting with a letter or digit';

type WithLine = CheckedSubmission & { line: number };
type ReportLine = (line: number, fault: string) => void;

/** Reads and checks the submissions file; image paths are relative to it. Reports faults as `file:line: …`. */
export async function readSubmissions(file: string, report: (fault: string) => void): Promise<CheckedSubmission[]> {
  const reportLine: ReportLine = (line, fault) => report(`${shownPath(file)}:${line}: ${fault}`);
  const bytes = await contentOrFault(file);
  if ('fault' in bytes) {
    report(bytes.fault);
    return [];
  }
  const rows = parseRows(bytes, reportLine);
  const submissions: WithLine[] = [];
  for (const { line, fields } of rows) {
    const row = await readRow(fields, dirname(file), (fault) => reportLine(line, fault));
    submissions.push({ line, ...row });
  }
  checkMembers(submissions, reportLine);
  return submissions.map(({ line: _line, ...submission }) => submission);
}

interface Row {
  line: number;
  fields: Map<string, string>;
}

const separators = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' };

/** Names the separator that a spreadsheet used instead of commas, or returns undefined. */
const otherSeparator = (names: readonly string[]): string | undefined =>
  Object.entries(separators).find(([sign]) => names.length === 1 && names[0]?.includes(sign))?.[1];

function parseRows(bytes: Buffer, report: ReportLine): Row[] {
  const unreadable = lineNotUtf8(bytes);
  if (unreadable !== undefined) {
    report(unreadable, notUtf8);
    return [];
  }
  let records: { record: string[]; info: { lines: number } }[];
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const;
    records = parse(bytes, options) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    report(Number(error['lines'] ?? 1), `is not CSV: ${messageOf(error)}`);
    return [];
  }
  const [header, ...rows] = records;
  const names = header?.record ?? [];
  const separator = otherSeparator(names);
  if (separator !== undefined) {
    report(1, `fields are separated by ${separator}, must be separated by commas`);
    return [];
  }
  for (const name of required) if (!names.includes(name)) report(1, `the header has no column ${name}`);
  for (const [at, name] of names.entries()) {
    if (!columns.includes(name))
      report(1, `the header has an unknown column ${quoted(name)}${suggestion(name, columns)}`);
    else if (names.indexOf(name) < at) report(1, `the header has the column ${name} twice`);
  }
  if (rows.length === 0) report(1, 'the file has no submissions');
  return rows.flatMap(({ record, info: { lines: line } }) => {
    if (record.length === names.length)
      return [{ line, fields: new Map(names.map((name, at) => [name, record[at] ?? ''])) }];
    report(line, `has ${counted(record.length, 'column')}, but the header has ${names.length}`);
    return [];
  });
}

async function readRow(
  fields: ReadonlyMap<string, string>,
  folder: string,
  report: (fault: string) => void,
): Promise<CheckedSubmission> {
  const value = (column: string): string => fields.get(column) ?? '';
  // A missing column is reported once, not for every row.
  const check = (column: string, holds: boolean, rule: string): void => {
    if (fields.has(column) && !holds) report(`${column} is ${quoted(value(column))}, ${rule}`);
  };
  for (const column of ['team', 'submission']) check(column, memberPattern.test(value(column)), memberRule);
  check('teamName', /^[^\p{Cc}]{1,200}$/u.test(value('teamName')), 'must be 1 to 200 printable characters');
  const submittedAt = parseInstant(value('submittedAt'));
  check('submittedAt', submittedAt !== undefined, 'must be a date such as 2020-03-31 or 2020-03-31T18:00:00Z');
  const publicScore = Number(value('publicScore'));
  check('publicScore', Number.isFinite(publicScore), 'must be a number or empty');
  return {
    submission: value('submission'),
    team: value('team'),
    teamName: value('teamName'),
    submittedAt: submittedAt?.toISOString() ?? '',
    image: fields.has('image') ? await locateImage(value('image'), folder, report) : { kind: 'archive', path: '' },
    ...(value('publicScore') !== '' && { publicScore }),
    ...readWords('args', value('args'), report),
    ...readWords('command', value('command'), report),
  };
}

/** An empty cell keeps the campaign's words; `[]` sets none. */
function readWords(
  column: 'args' | 'command',
  written: string,
  report: (fault: string) => void,
): Pick<CheckedSubmission, 'args' | 'command'> {
  if (written === '') return {};
  const split = splitWords(written);
  if ('words' in split && (column === 'args' || split.words[0])) return { [column]: split.words };
  report(`${column} is ${quoted(written)}, but ${'fault' in split ? split.fault : 'must name a program'}`);
  return {};
}

async function locateImage(written: string, folder: string, report: (fault: string) => void): Promise<ImageLocation> {
  if (written.startsWith('docker://')) {
    const known = /^docker:\/\/[a-z0-9][\w.:-]*\/[\w./-]+(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/i.test(written);
    if (!known) report(`image is ${quoted(written)}, must be docker://<registry>/<repository> with a tag or digest`);
    return { kind: 'registry', reference: written };
  }
  const located = written === '' ? undefined : locate(written, folder);
  if (located === undefined) {
    report(`image is ${quoted(written)}, must be the path of an archive, s3://<bucket>/<key> or docker://…`);
    return { kind: 'archive', path: '' };
  }
  if (located.kind === 's3') return located;
  const fault = await faultOfFile(located.path);
  if (fault !== undefined) report(`image ${fault}`);
  return { kind: 'archive', path: located.path };
}

/** Checks that ids are unique, ignoring case as file systems and registries may, and that each team has one name. */
function checkMembers(submissions: readonly WithLine[], report: ReportLine): void {
  const bySubmission = new Map<string, WithLine>();
  const byTeam = new Map<string, WithLine>();
  for (const row of submissions) {
    const { submission, team, teamName, line } = row;
    const same = firstIn(bySubmission, submission, row);
    if (same !== row) {
      const first = `the same as on line ${same.line} (ignoring case)`;
      report(line, `submission is ${quoted(submission)}, ${first}: ids must be unique`);
    }
    const known = firstIn(byTeam, team, row);
    if (known.team !== team)
      report(line, `team is ${quoted(team)}, but on line ${known.line} it is ${quoted(known.team)}`);
    else if (known.teamName !== teamName) {
      const other = `on line ${known.line} team ${team} is named ${quoted(known.teamName)}`;
      report(line, `teamName is ${quoted(teamName)}, but ${other}`);
    }
  }
}

/** The first row with this id, which is `row` if there is none before. */
function firstIn(rows: Map<string, WithLine>, id: string, row: WithLine): WithLine {
  const first = rows.get(id.toLowerCase()) ?? row;
  rows.set(id.toLowerCase(), first);
  return first;
}
