import { terminalText } from '../escaping/terminal.ts';

/** Output of a command: results on stdout, everything else on stderr, so that `--json` stays one JSON object. */
export interface Output {
  say: (line: string) => void;
  result: (text: string) => void;
}

/** Columns of the terminal; undefined if results go to a file or a program. */
export function screenColumns(): number | undefined {
  const columns = process.stdout.columns ?? Number(process.env['COLUMNS']);
  return columns > 0 ? columns : undefined;
}

export const terminal: Output = {
  say: (line) => void process.stderr.write(`${terminalText(line)}\n`),
  result: (text) => void process.stdout.write(`${terminalText(text)}\n`),
};
