import type { CampaignFacts } from '../state/campaign-state.ts';
import type { Usage } from './usage.ts';
import type { RunOption } from '../model/run-option.ts';

/** The part of the budget for probes and first evaluations; the rest is kept for evaluations beyond the first. */
const forFirstRuns = ({ budget, reserveShare }: CampaignFacts['money']): number =>
  Math.floor(budget * (1 - reserveShare));

/** Whether the option's worst case fits into the unspent budget, so that it can be granted once enough reservations end. */
export function isAffordable({ money }: CampaignFacts, { worst }: RunOption, rerun: boolean): boolean {
  if (money.spent + worst > money.budget) return false;
  return rerun || money.spent - money.reruns + worst <= forFirstRuns(money);
}

/** The budget left for one decision: neither spent, nor reserved, nor kept for a request that did not fit. */
export class AvailableBudget {
  private left: number;
  private leftForFirstRuns: number;

  constructor({ money }: CampaignFacts, { reserved, reservedForReruns }: Usage) {
    this.left = money.budget - money.spent - reserved;
    this.leftForFirstRuns = forFirstRuns(money) - (money.spent - money.reruns) - (reserved - reservedForReruns);
  }

  /** Whether a worst case of this cost (micro-dollars) fits now. */
  canReserve(worst: number, rerun: boolean): boolean {
    return worst <= this.left && (rerun || worst <= this.leftForFirstRuns);
  }

  reserve(worst: number, rerun: boolean): void {
    this.left -= worst;
    if (!rerun) this.leftForFirstRuns -= worst;
  }
}
