/** Where a command speaks: results on stdout, everything else on stderr, so that `--json` stays one JSON object. */
export interface Output {
  say: (line: string) => void;
  result: (text: string) => void;
}

/** Columns of the screen that results go to; undefined: they go to a file or a program, which no width limits. */
export function screenColumns(): number | undefined {
  const columns = process.stdout.columns ?? Number(process.env['COLUMNS']);
  return columns > 0 ? columns : undefined;
}

export const terminal: Output = {
  say: (line) => process.stderr.write(`${line}\n`),
  result: (text) => process.stdout.write(`${text}\n`),
};
