import { singleLine } from '../../safe-text.ts';
import { dollars } from '../model/money.ts';

/** Escapes untrusted text for Temporal's Web UI: no formatting, links or formulas. */
export const escaped = (text: string): string =>
  singleLine(text)
    .replaceAll('$', 'USD ')
    .replaceAll('://', ': //')
    .replaceAll(/www\./gi, 'www .')
    .replaceAll(/[\\`*_{}[\]<>#|~&]/g, '\\$&');

/** Formats `USD 6,671.20`, because the Web UI renders text between two dollar signs as a formula. */
export const usd = (microUsd: number): string => dollars(microUsd).replace('$', 'USD ');

/** Ends every page: the Web UI cuts about 30 pixels, which then hit this rule and no text. */
export const bottomPadding: readonly string[] = ['', '---'];
