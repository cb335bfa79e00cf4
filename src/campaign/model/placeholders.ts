/** What stands for a path in `args`, `command` and a layout's variables. */
export type Placeholder = 'input' | 'output' | 'predictions';

const placeholders: readonly Placeholder[] = ['input', 'output', 'predictions'];

/** `{name}`, but not the shell's `${name}`. */
const pattern = /(?<!\$)\{([A-Za-z][A-Za-z0-9_-]*)\}/g;

/** The most words that a run gets, and bytes in all of them: far below what the kernel takes. */
const [mostWords, mostBytes] = [1_000, 32_768];

/** What is wrong with words for a container; undefined when nothing is. Pure. */
export function faultOfWords(words: readonly string[]): string | undefined {
  if (words.length > mostWords) return `has ${words.length} words, must be up to ${mostWords}`;
  const bytes = words.reduce((sum, word) => sum + new TextEncoder().encode(word).length, 0);
  if (bytes > mostBytes) return `has ${bytes} bytes, must be up to ${mostBytes}`;
  if (words.some((word) => word.includes('\0'))) return 'has a NUL character';
  const unknown = words
    .flatMap((word) => [...word.matchAll(pattern)].map(([, name = '']) => name))
    .find((name) => !placeholders.some((known) => known === name));
  return unknown === undefined
    ? undefined
    : `has the placeholder {${unknown.slice(0, 40)}}; known are {input}, {output} and {predictions}`;
}

/** Puts the paths of the container in the place of their names. Pure. */
export const fillIn = (word: string, values: Record<Placeholder, string>): string =>
  word.replaceAll(pattern, (whole, name: string) =>
    placeholders.find((known) => known === name) ? values[name as Placeholder] : whole,
  );
