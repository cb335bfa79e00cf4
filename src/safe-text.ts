/** Characters that a terminal, a log line or a table could take for more than text: controls, separators, unassigned. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}"\\]/gu;

/** Somebody else's text, cut to `length` characters, quoted, with everything escaped that is not plainly printable. */
export function quoted(text: string, length = 40): string {
  const characters = Array.from(text.slice(0, 2 * length + 1));
  const shown = characters.length > length ? [...characters.slice(0, length - 1), '…'] : characters;
  return `"${shown.join('').replace(unprintable, escaped)}"`;
}

const escaped = (character: string): string =>
  character === '"' || character === '\\'
    ? `\\${character}`
    : `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;

/** Controls, separators and unassigned characters, which a terminal could take for more than text. */
const controls = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** Somebody else's text on one line, with a blank for everything that is not plainly printable. */
export const printable = (text: string): string => text.replaceAll(controls, ' ');

/** `1 row`, `2 rows`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Somebody else's text on one line of printable ASCII, cut to `length` characters. */
export function asciiLine(text: string, length: number): string {
  const line = text
    .slice(0, 4 * length)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length - 3)}...` : line;
}
