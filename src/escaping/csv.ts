import { visible } from './visible.ts';

/** First characters that make spreadsheets read a cell as a formula, also in the wide forms of East Asian keyboards. */
const formula = /^[=+\-@＝＋－＠]/u;

/** Foreign text for a cell of a CSV file, before quoting: no formula, on one line, nothing invisible. */
export const csvText = (text: string): string => visible(text).replace(formula, "'$&");
