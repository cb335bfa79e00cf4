import type { CampaignState } from '../state/campaign-state.ts';

/** Every round was started and has reported its end. */
export const isDone = (state: CampaignState): boolean =>
  state.open.size === 0 && (state.closing !== undefined || !state.hasRoundsToStart());
