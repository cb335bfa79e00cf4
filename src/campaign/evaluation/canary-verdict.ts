import { singleLine } from '../../safe-text.ts';
import { controls, type CanaryOutcome } from '../model/canary.ts';
import type { CanaryVerdict } from '../model/canary-report.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';

/** Characters of what a check found, and of all of it: one screen at most. */
const longestFinding = 160;
const longestWords = 600;

/** Whether every control and, on a class with a device, the device check holds. A check that is missing does not hold. */
export function canaryVerdict(
  { controls: checked, device }: CanaryOutcome,
  { kind }: Pick<InstanceClass, 'kind'>,
): Exclude<CanaryVerdict, { kind: 'no-outcome' }> {
  const broken = controls.flatMap((control) =>
    wordsOn(
      control,
      checked.filter((check) => check.control === control),
    ),
  );
  if (device !== null || kind === 'gpu') broken.push(...wordsOn('device', device === null ? [] : [device]));
  return broken.length === 0 ? { kind: 'holds' } : { kind: 'broken', words: cut(broken.join('; '), longestWords) };
}

function wordsOn(name: string, checks: readonly { holds: boolean; found: string }[]): string[] {
  if (checks.length === 0) return [`${name} was not checked`];
  return checks.flatMap(({ holds, found }) =>
    holds ? [] : [`${name} does not hold (${cut(singleLine(found).trim(), longestFinding)})`],
  );
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
