import { visible } from './visible.ts';

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Foreign text for the content or an attribute of HTML, XML or SVG. */
export const htmlText = (text: string): string => visible(text).replace(/[&<>"']/g, (letter) => entities[letter] ?? '');
