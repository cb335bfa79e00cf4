import { visible } from './visible.ts';

/** Foreign text for Temporal's Web UI, which renders Markdown: no formatting, link, image or formula, and nothing invisible. */
export const markdownText = (text: string): string =>
  visible(text)
    .replaceAll('$', 'USD ')
    .replaceAll('://', ': //')
    .replaceAll(/www\./gi, 'www .')
    .replaceAll(/mailto:|xmpp:/gi, (scheme) => `${scheme} `)
    .replaceAll('@', ' @ ')
    .replaceAll(/[\\`*_{}[\]<>#|~&!]/g, '\\$&');

/** The same as code, for words of programs and commands. */
export const markdownCode = (text: string): string => `\`${visible(text).replaceAll('`', "'")}\``;
