import { dollars } from '../model/money.ts';

/** Markdown as Temporal's Web UI shows it. Pure. */

/** Somebody else's text in a line or a table's cell: shown as it is written, never as formatting, link or formula. */
export const escaped = (text: string): string =>
  text
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('$', 'USD ')
    .replaceAll('://', ': //')
    .replaceAll(/www\./gi, 'www .')
    .replaceAll(/[\\`*_{}[\]<>#|~&]/g, '\\$&');

/** `USD 6,671.20`: two dollar signs in one paragraph would be taken for the ends of a formula. */
export const usd = (microUsd: number): string => dollars(microUsd).replace('$', 'USD ');

/** The last lines of every page: the Web UI's frame is about 30 pixels too low, so it cuts this rule and no text. */
export const bottomPadding: readonly string[] = ['', '---'];
