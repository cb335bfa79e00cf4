/**
 * Characters that show nothing, or change how others show: control, bidi, zero-width, separator and unassigned characters, and
 * those that fonts ignore.
 */
const invisible = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Foreign text on one line, with every invisible character shown by its code: `\u{202e}`. */
export const visible = (text: string): string => text.replace(invisible, codeOf);

const codeOf = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;

/** JSON with its invisible characters escaped as JSON does it; it still says the same. */
export const visibleJson = (value: object): string =>
  JSON.stringify(value, null, 2).replace(invisible, (character) =>
    character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, unit) => escapedUnit(character.charCodeAt(unit))).join(''),
  );

const escapedUnit = (unit: number): string => `\\u${unit.toString(16).padStart(4, '0')}`;
