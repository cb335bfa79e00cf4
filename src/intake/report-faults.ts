import { counted } from '../safe-text.ts';
import { shownPath } from './locate.ts';

/** Reports the listed faults of a file or folder, and how many there are more. */
export function reportFaults(
  path: string,
  listed: readonly string[],
  count: number,
  report: (fault: string) => void,
): void {
  for (const fault of listed) report(`${shownPath(path)}: ${fault}`);
  if (count > listed.length) report(`${shownPath(path)}: ${counted(count - listed.length, 'more fault')}`);
}
