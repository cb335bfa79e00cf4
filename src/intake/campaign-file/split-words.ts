import { faultInWords } from '../../campaign/model/placeholders.ts';

/** The words, or why the text is invalid. */
type SplitWords = { words: string[] } | { fault: string };

/**
 * Splits a cell into words: a JSON list of strings, or words separated by blanks as in a shell. Text in '…' is literal; in "…"
 * and outside quotes, a backslash makes the next character literal. Nothing is expanded, so characters that a shell would
 * expand are allowed in single quotes only.
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
    // Reported below.
  }
  return { fault: 'starts with [, so it must be a JSON list of strings such as ["--in", "{input}"]' };
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
      return { fault: `has a ${JSON.stringify(character)} outside single quotes; quote it, because no shell reads it` };
    } else word = (word ?? '') + character;
  }
  if (quote !== '') return { fault: `has an unclosed ${quote}` };
  return { words: word === undefined ? words : [...words, word] };
}
