import { dollars } from '../model/money.ts';

/** Formats `USD 6,671.20`, because the Web UI renders text between two dollar signs as a formula. */
export const usd = (microUsd: number): string => dollars(microUsd).replace('$', 'USD ');

/** Ends every page: the Web UI cuts about 30 pixels, which then hit this rule and no text. */
export const bottomPadding: readonly string[] = ['', '---'];
