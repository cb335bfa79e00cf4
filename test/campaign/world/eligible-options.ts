import type { CampaignState } from '../../../src/campaign/state/campaign-state.ts';
import type { WaitingRequest } from '../../../src/campaign/state/open-submission.ts';
import { ClassCostModel } from '../../../src/campaign/state/class-cost-model.ts';
import type { RunOption } from '../../../src/campaign/model/run-option.ts';

/** The rules for eligible classes, implemented independently of the product. */

/** Whether the option could be granted at some time without an operator's command. */
export function isPossible({ money, slots }: CampaignState, { class: onClass, worst }: RunOption, rerun: boolean) {
  const left = money.budget - money.spent;
  const leftForFirst = Math.floor(money.budget * (1 - money.reserveShare)) - (money.spent - money.reruns);
  return (slots[onClass] ?? 0) > 0 && worst <= (rerun ? left : Math.min(left, leftForFirst));
}

export const isShort = ({ shortUntil }: CampaignState, { class: onClass }: RunOption, at: number): boolean =>
  (shortUntil[onClass] ?? 0) > at;

/** The option that a request prefers now; the class cost model has a separate test. */
export const wantedBy = (
  state: CampaignState,
  { options, rerun, needMeasured }: WaitingRequest,
  at: number,
): RunOption | undefined =>
  new ClassCostModel(state)
    .preferred(options, needMeasured ?? false)
    .filter((option) => isPossible(state, option, rerun))
    .find((option) => !isShort(state, option, at));

export const isPaused = ({ treatments }: CampaignState, team: number): boolean => treatments.get(team)?.paused ?? false;
