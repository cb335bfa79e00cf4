import type { CampaignProgress } from '../../../campaign/operators/progress.ts';
import { equalFaults } from '../../../campaign/state/platform-faults.ts';

/** A line for every class that waits with free slots because no run has worked there yet. */
export const unusedSlotLines = ({ classes }: CampaignProgress): string[] =>
  Object.entries(classes).flatMap(([name, { unproven, held, running, slots, waiting }]) =>
    unproven && !held && waiting > 0 && running > 0 && running < slots
      ? [`${name}: no run has worked yet, so it gets at most ${equalFaults} at a time, for half an hour at most`]
      : [],
  );
