/** Where a command speaks: results on stdout, everything else on stderr, so that `--json` stays one JSON object. */
export interface Output {
  say: (line: string) => void;
  result: (text: string) => void;
}

export const terminal: Output = {
  say: (line) => process.stderr.write(`${line}\n`),
  result: (text) => process.stdout.write(`${text}\n`),
};

/** Columns as wide as their widest cell; numbers are given as text. */
export function table(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
