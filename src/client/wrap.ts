/** The width of every terminal. */
const screenWidth = 80;

/** Wraps `text` after `first` into lines of 80 columns, indented like the first; a longer word stays whole. */
export function wrapped(first: string, text: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > screenWidth) {
      lines.push(line);
      [line, isEmpty] = [' '.repeat(first.length), true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
