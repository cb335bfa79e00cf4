import type { CampaignState, Money } from '../state/campaign-state.ts';
import type { Usage } from './usage.ts';
import type { RunOption } from '../model/run-option.ts';

/** Of the budget, what probes and first evaluations may use; the rest is kept for evaluations beyond the first. */
const forFirstRuns = ({ budget, reserveShare }: Money): number => Math.floor(budget * (1 - reserveShare));

/**
 * Whether the option's worst case fits into the money that is not spent: so it can be granted once enough of what is
 * reserved comes back. Pure.
 */
export function isAffordable({ money }: CampaignState, { worst }: RunOption, rerun: boolean): boolean {
  if (money.spent + worst > money.budget) return false;
  return rerun || money.spent - money.reruns + worst <= forFirstRuns(money);
}

/** The money of one decision: what is spent and reserved, less what is being saved for a request that did not fit. */
export class AvailableBudget {
  private left: number;
  private leftForFirstRuns: number;

  constructor({ money }: CampaignState, { reserved, reservedForReruns }: Usage) {
    this.left = money.budget - money.spent - reserved;
    this.leftForFirstRuns = forFirstRuns(money) - (money.spent - money.reruns) - (reserved - reservedForReruns);
  }

  /** Whether a run of this worst case can be reserved now. */
  holds(worst: number, rerun: boolean): boolean {
    return worst <= this.left && (rerun || worst <= this.leftForFirstRuns);
  }

  /** Reserves it, or saves it up for somebody: either way nobody else gets it. */
  take(worst: number, rerun: boolean): void {
    this.left -= worst;
    if (!rerun) this.leftForFirstRuns -= worst;
  }
}
