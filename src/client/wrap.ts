/** The width of every terminal. */
const screenWidth = 80;

/**
 * Lines of at most `width` characters, broken at blanks. A longer word is broken after a hyphen, comma or dot, else anywhere;
 * with `keepsWords` it stays whole.
 */
export function brokenText(text: string, width: number, { keepsWords }: { keepsWords: boolean }): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width);
    const end = blank > 0 ? blank : keepsWords ? rest.indexOf(' ', width) : endInWord(rest.slice(0, width));
    if (end < 0) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}

const endInWord = (start: string): number =>
  Math.max(...['-', ',', '.'].map((sign) => start.lastIndexOf(sign))) + 1 || start.length;

/** Wraps `text` after `first` into lines of 80 columns, indented like the first; a longer word stays whole. */
export const wrapped = (first: string, text: string): string[] =>
  brokenText(text, screenWidth - first.length, { keepsWords: true }).map(
    (line, index) => `${index === 0 ? first : ' '.repeat(first.length)}${line}`,
  );
