import { refuse } from '../refusal.ts';

/** The kernel's MAX_ARG_STRLEN, with its closing NUL. */
const maxArgumentBytes = 2 ** 17 - 1;
const maxCommandBytes = 2 ** 18;

/** Throws a Refusal when the words of ENTRYPOINT and CMD are more than the kernel takes. */
export function checkCommandSize(words: readonly string[]): void {
  let bytes = 0;
  for (const word of words) {
    if (word.includes('\0')) refuse('ENTRYPOINT or CMD of the image has a NUL character in it');
    if (Buffer.byteLength(word) > maxArgumentBytes) refuse('ENTRYPOINT or CMD of the image is too long to be run');
    // A pointer for each word.
    bytes += Buffer.byteLength(word) + 9;
  }
  if (bytes > maxCommandBytes) refuse('ENTRYPOINT and CMD of the image together are too long to be run');
}
