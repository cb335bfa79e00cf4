import type { OperatorLogLine } from '../../campaign/state/operators-log.ts';
import { list } from './titled-list.ts';

/** The last ten lines of the operators' log. */
export const operatorsLogText = (lines: readonly OperatorLogLine[]): string[] =>
  list(
    'operators',
    lines
      .slice(-10)
      .map(({ at, by, act, reason, refused }) =>
        [at, by, act, reason && `(${reason})`, refused && `REFUSED: ${refused}`].filter((part) => part).join(' '),
      ),
  );
