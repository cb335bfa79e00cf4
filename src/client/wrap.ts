/** Columns of a terminal that everybody has. */
export const screenWidth = 80;

/** Words in lines of at most {@link screenWidth} columns after `first`, further lines indented by as much; a longer word stays whole. */
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
