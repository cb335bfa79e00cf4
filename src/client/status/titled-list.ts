/** A title and indented lines; nothing if there are none. */
export const list = (title: string, lines: string[]): string[] =>
  lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${line}`)].join('\n')];
