/** Placeholders for paths in `args`, `command` and a layout's variables. */
const placeholders = ['input', 'output', 'predictions'] as const;
export type Placeholder = (typeof placeholders)[number];

/** `{name}`, but not the shell's `${name}`. */
const pattern = /(?<!\$)\{([A-Za-z][A-Za-z0-9_-]*)\}/g;

/** Limits for the words of a run and their bytes in total; far below the kernel's. */
const [maxWords, maxBytes] = [1_000, 32_768];

/** Returns the first fault of a container's words, or undefined. */
export function faultInWords(words: readonly string[]): string | undefined {
  if (words.length > maxWords) return `has ${words.length} words, must be at most ${maxWords}`;
  const bytes = words.reduce((sum, word) => sum + new TextEncoder().encode(word).length, 0);
  if (bytes > maxBytes) return `has ${bytes} bytes, must be at most ${maxBytes}`;
  if (words.some((word) => word.includes('\0'))) return 'has a NUL character';
  const unknown = words
    .flatMap((word) => [...word.matchAll(pattern)].map(([, name = '']) => name))
    .find((name) => !placeholders.some((known) => known === name));
  return unknown === undefined
    ? undefined
    : `has the unknown placeholder {${unknown.slice(0, 40)}}; known are {input}, {output} and {predictions}`;
}

/** Replaces placeholders by the container's paths. */
export const fillPlaceholders = (word: string, values: Record<Placeholder, string>): string =>
  word.replaceAll(pattern, (whole, name: string) =>
    placeholders.find((known) => known === name) ? values[name as Placeholder] : whole,
  );
