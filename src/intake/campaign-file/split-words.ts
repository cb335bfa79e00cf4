import { faultInWords } from '../../campaign/model/placeholders.ts';

/** Words, or what is wrong with their text. */
export type SplitWords = { words: string[] } | { fault: string };

/**
 * The words of a cell: a JSON list of texts, or words as a shell splits them. Blanks separate; '…' is taken as it is; in "…"
 * and outside of quotes a backslash takes the next character as it is. Nothing is expanded, so what a shell would expand or
 * run must stand in single quotes. Pure.
 */
export function splitWords(text: string): SplitWords {
  const split = text.trimStart().startsWith('[') ? fromJson(text) : fromShell(text);
  if ('fault' in split) return split;
  const fault = faultInWords(split.words);
  return fault === undefined ? split : { fault };
}

function fromJson(text: string): SplitWords {
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return { words };
  } catch {
    // Said below.
  }
  return { fault: 'begins with [ and must then be a JSON list of texts, such as ["--in", "{input}"]' };
}

const special = /[|&;<>()$`*?#~!\n]/;

function fromShell(text: string): SplitWords {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\' && quote !== "'") {
      if (++at === text.length) return { fault: 'ends with a backslash' };
      word = (word ?? '') + text.charAt(at);
    } else if (character === quote) {
      quote = '';
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character;
      word ??= '';
    } else if (quote === '' && /\s/.test(character) && character !== '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (quote === '' ? special.test(character) : quote === '"' && /[$`]/.test(character)) {
      return { fault: `has a ${JSON.stringify(character)} that no shell will read; put it in single quotes` };
    } else word = (word ?? '') + character;
  }
  if (quote !== '') return { fault: `has a ${quote} that is not closed` };
  return { words: word === undefined ? words : [...words, word] };
}
