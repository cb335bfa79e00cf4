import type { ContainerEnd } from '../../../campaign/model/run-outcome.ts';
import { resultName } from '../program/call-numbers.ts';

/** What speaks against a control, and what was seen of it. It holds if nothing speaks against it. */
export interface Judgement {
  faults: string[];
  seen: string;
}

/** Faults named of one control; more add nothing. */
const maxFaults = 5;

/** What speaks against one control. */
export function faultsInWords(faults: readonly string[]): string {
  const more = faults.length > maxFaults ? `; ${faults.length - maxFaults} more` : '';
  return faults.slice(0, maxFaults).join('; ') + more;
}

/** A fault for each result that is none of the refusals; one that is missing was not tried. */
export function notRefused(
  results: Iterable<readonly [what: string, result: number | undefined]>,
  refusals: readonly number[],
): string[] {
  return [...results].flatMap(([what, result]) => {
    return result !== undefined && refusals.includes(result) ? [] : [`${what}: ${resultInWords(result)}`];
  });
}

/** The result of a system call. */
export function resultInWords(result: number | undefined): string {
  if (result === undefined) return 'not tried';
  return result < 0 ? resultName(result) : 'succeeded';
}

/** `message` if the condition is false. */
export const unless = (condition: boolean, message: string): string[] => (condition ? [] : [message]);

/** How a program of Holdout's ended that left no report. */
export function endInWords(end: ContainerEnd): string {
  switch (end.kind) {
    case 'exited':
      return `the program left no report and ended with ${end.exitCode}`;
    case 'never-started':
      return `the engine did not start the program: ${end.detail}`;
    case 'time-limit':
      return 'the program did not end within its wall clock';
    case 'stopped':
      return 'the program was stopped';
  }
}
