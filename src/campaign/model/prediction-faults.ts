/** What can be wrong with a table of ids and values. Closed words, so that nothing a submission wrote is repeated. */
export const predictionFaults = {
  'too-large': 'the file is larger than allowed; the rest was not read',
  'not-text': 'it is not UTF-8 text but UTF-16, compressed or binary',
  'line-too-long': 'the line is too long; the rest was not read',
  empty: 'the file is empty, it needs a header',
  header: 'the header does not name the id and the value column once each',
  quote: 'a quote is not closed or stands inside a field',
  columns: 'the row does not have as many columns as the header',
  'not-a-number': 'the value is not a finite number',
  'out-of-range': 'the value is not in the range that the metric needs',
  'excel-line': 'the line with "sep=" is for Excel only: remove it, so that the header comes first',
  'dos-end': 'a Ctrl-Z, the end-of-file mark of DOS, stands there: remove it',
  comment: 'the line is a comment, which is not allowed: remove it',
  delimiter: 'fields are not separated by commas',
  json: 'the file is JSON, not a CSV table',
  'no-header': 'the file has no header, it begins with a row',
  'last-comma': 'the row ends with a comma that the header does not have',
  'decimal-comma': 'the value has a decimal comma: write decimals with a point',
  'number-format': 'the value is not written as a plain number: no separators, no percent sign, ASCII digits',
  'not-utf-8': 'the line is not UTF-8',
  'id-unknown': 'the id is unknown',
  'id-again': 'the id has a row already',
  'no-row': 'an input has no row',
  'no-score': 'the metric has no value for these predictions',
} as const;
export type FaultKind = keyof typeof predictionFaults;

/** One fault; `line` counts from 1, the header included, and is null where the fault is of the whole file. */
export interface PredictionFault {
  fault: FaultKind;
  line: number | null;
}

/** All faults of a file, counted, and the first few of them. */
export interface FaultSummary {
  count: number;
  kinds: Partial<Record<FaultKind, number>>;
  first: PredictionFault[];
}

/** `line 17: the id is unknown`. */
export const faultText = ({ fault, line }: PredictionFault): string =>
  `${line === null ? '' : `line ${line}: `}${predictionFaults[fault]}`;

/** `3 × the id is unknown`, one for each kind. */
export const faultCounts = ({ kinds }: FaultSummary): string[] =>
  (Object.keys(predictionFaults) as FaultKind[]).flatMap((kind) => {
    const count = kinds[kind] ?? 0;
    return count === 0 ? [] : [`${count} × ${predictionFaults[kind]}`];
  });
