import type { OffSpotRun } from '../../campaign/operators/progress.ts';
import { counted } from '../../safe-text.ts';

/** Why a run is on an on-demand class although Spot was preferred. */
export const offSpotText = ({ reason, lost }: Pick<OffSpotRun, 'reason' | 'lost'>): string =>
  reason === 'losses'
    ? `on demand: its submission has lost ${counted(lost, 'machine')}`
    : 'on demand: after a loss on Spot, too little time would be left before the deadline';

/** `big-model on g6.xlarge: on demand: …`. */
export const offSpotLine = (run: OffSpotRun): string => `${run.submission} on ${run.class}, ${offSpotText(run)}`;
