import { singleLine } from '../../safe-text.ts';

/** Characters of a cause: one line on a screen, and little in a campaign's state. */
const maxCauseLength = 200;

/** The parts of a message that differ between equal faults: ids, places and times. */
const variableParts: readonly [RegExp, string][] = [
  [/\barn:aws[a-z-]*:[^\s"',;)]+/g, 'arn…'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '…'],
  [/\b(?:i|eni|vol|ami|sg|subnet|vpc|lt)-[0-9a-f]{8,17}\b/g, '…'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '…'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '…'],
  [/\b\d{5,}\b/g, '…'],
  // But not in Batch's `(vCPU/memory/GPU)`.
  [/(?<!\bvCPU)(?:\/[\w.@+~-]+){2,}\/?/g, '…/…'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '…'],
];

/**
 * Turns an error message into a cause: printable, at most 200 characters, and equal for equal faults of any run, machine or
 * folder. `names` are the ids of the run to remove.
 */
export function faultCause(message: string, names: readonly string[] = []): string {
  let text = singleLine(message.slice(0, 20 * maxCauseLength))
    .replaceAll(/\s+/g, ' ')
    .trim();
  for (const name of [...names].sort((a, b) => b.length - a.length)) {
    if (name.length >= 3) text = text.replaceAll(name, '…');
  }
  for (const [pattern, sign] of variableParts) text = text.replaceAll(pattern, sign);
  const characters = Array.from(text);
  return characters.length > maxCauseLength ? `${characters.slice(0, maxCauseLength - 1).join('')}…` : text;
}

/** Whether Batch's text on the job says that SIGKILL or SIGTERM ended the runner. */
export const isKill = (cause: string): boolean => /\bexit status (?:137|143)$/.test(cause);
