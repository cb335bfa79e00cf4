import { visible } from './escaping/visible.ts';

/** Foreign text, cut to `length` characters, quoted, with invisible characters shown by their codes. */
export function quoted(text: string, length = 40): string {
  const characters = Array.from(text.slice(0, 2 * length + 1));
  const shown = characters.length > length ? [...characters.slice(0, length - 1), '…'] : characters;
  return `"${visible(shown.join('').replaceAll(/["\\]/g, '\\$&'))}"`;
}

/** Foreign text on one line, with unprintable characters replaced by a blank. */
export const singleLine = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');

/** `a, b, …`. */
export const firstFew = (names: readonly string[], most = 5): string =>
  names.slice(0, most).join(', ') + (names.length > most ? ', …' : '');

/** `1 row`, `2 rows`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Foreign text on one line of printable ASCII, cut to `length` characters. For text that is kept in records and compared. */
export function asciiExcerpt(text: string, length: number): string {
  const line = text
    .slice(0, 4 * length)
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return line.length > length ? `${line.slice(0, length - 3)}...` : line;
}
