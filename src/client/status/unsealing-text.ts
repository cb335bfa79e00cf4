import { instantText } from '../../campaign/model/units.ts';
import type { Unsealing } from '../../ledger/chains/unsealings.ts';
import { quoted } from '../../safe-text.ts';

/** Characters of a note that are shown. */
const longestNote = 500;

/** What was opened of a submission, by whom and why. */
export const unsealedBy = ({ n, part, at, by, reason }: Unsealing): string =>
  `${part} of run ${n}, by ${by}, ${instantText(Date.parse(at))}: ${quoted(reason, longestNote)}`;

/** The same on a line of its own. */
export const unsealingText = (unsealing: Unsealing): string =>
  `unsealed: ${unsealing.submission}, ${unsealedBy(unsealing)}`;
