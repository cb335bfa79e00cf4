/** Every fault of a table of ids and values. The texts are fixed, so they never repeat what a submission wrote. */
const predictionFaults = {
  'too-large': 'the file is larger than allowed; the rest was not read',
  'not-text': 'the file is UTF-16, compressed or binary, not UTF-8 text',
  'line-too-long': 'the line is too long; the rest was not read',
  empty: 'the file is empty; it needs a header',
  header: 'the header must name the id column and the value column once each',
  quote: 'a quote is unclosed or inside a field',
  columns: 'the row and the header have different numbers of columns',
  'not-a-number': 'the value is not a finite number',
  'out-of-range': 'the value is outside the range of the metric',
  'excel-line': 'the line with "sep=" is for Excel only: remove it so that the header comes first',
  'dos-end': 'the row has a Ctrl-Z, the DOS end-of-file mark: remove it',
  comment: 'comments are not allowed: remove the line',
  delimiter: 'fields are not separated by commas',
  json: 'the file is JSON, not a CSV table',
  'no-header': 'the file has no header: it begins with a row',
  'last-comma': 'the row ends with an extra comma',
  'decimal-comma': 'the value has a decimal comma: use a decimal point',
  'number-format': 'the value is not a plain number (no thousands separators, no percent sign, ASCII digits)',
  'not-utf-8': 'the line is not UTF-8',
  'id-unknown': 'the id is unknown',
  'id-again': 'the id already has a row',
  'no-row': 'an input has no row',
  'no-score': 'the metric is undefined for these predictions',
} as const;
export type FaultKind = keyof typeof predictionFaults;

/** One fault. `line` counts from 1, including the header; null for a fault of the whole file. */
export interface PredictionFault {
  fault: FaultKind;
  line: number | null;
}

/** The number of faults of a file by kind, and the first few of them. */
export interface FaultSummary {
  count: number;
  kinds: Partial<Record<FaultKind, number>>;
  first: PredictionFault[];
}

/** Formats `3 × the id is unknown` for each kind, then `line 17: the id is unknown` for the first faults that have a line. */
export const faultLines = ({ kinds, first }: FaultSummary): string[] => [
  ...(Object.keys(predictionFaults) as FaultKind[])
    .filter((kind) => kinds[kind])
    .map((kind) => `${kinds[kind]} × ${predictionFaults[kind]}`),
  ...first.filter(({ line }) => line !== null).map(({ fault, line }) => `line ${line}: ${predictionFaults[fault]}`),
];
