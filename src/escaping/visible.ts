/**
 * Characters that show nothing, or change how others show: control, bidi, zero-width, separator and unassigned characters, and
 * those that fonts ignore.
 */
const invisible = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Scripts whose spelling needs U+200C and U+200D between letters (Unicode Standard, 23.2). */
const joined =
  'Arabic Syriac Mongolian Nko Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar'
    .split(' ')
    .map((script) => `\\p{Script=${script}}`)
    .join('');

/** Joiners inside words of those scripts and inside emoji, and the selectors of emoji: part of what people write. */
const spelling = [
  `(?<=[${joined}])[\\u200c\\u200d](?=[${joined}])`,
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
].join('|');

const hidden = new RegExp(`(${spelling})|${invisible.source}`, 'gu');

/** Foreign text on one line, with every invisible character that is not part of a word or emoji shown by its code: `\u{202e}`. */
export const visible = (text: string): string =>
  text.replace(hidden, (found: string, kept: string | undefined) => kept ?? codeOf(found));

const codeOf = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;

/** JSON with its invisible characters escaped as JSON does it; it still says the same. */
export const visibleJson = (value: object): string =>
  JSON.stringify(value, null, 2).replace(new RegExp(invisible, 'gu'), (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, unit) => escapedUnit(character.charCodeAt(unit))).join(''),
  );

const escapedUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
