import type { CampaignState } from '../state/campaign-state.ts';
import type { WaitingRequest } from '../state/open-submission.ts';
import { isAffordable } from './available-budget.ts';
import type { RunOption } from '../model/run-option.ts';

/** The options that requests may use in one decision, at once or when a slot becomes free. `now` in ms. */
export class EligibleOptions {
  /** Classes that have slots, had machines recently and are not blocked. Computed once, as many requests wait. */
  private readonly open: ReadonlySet<string>;

  constructor(
    private readonly state: CampaignState,
    now: number,
  ) {
    const open = Object.entries(state.slots).filter(
      ([name, slots]) => slots > 0 && (state.shortUntil[name] ?? 0) <= now && !state.faults.isBlocked(name),
    );
    this.open = new Set(open.map(([name]) => name));
  }

  allows(option: RunOption, rerun: boolean): boolean {
    return this.open.has(option.class) && isAffordable(this.state, option, rerun);
  }

  /** The option that a request waits for: the most preferred that is allowed. */
  preferred({ options, rerun }: WaitingRequest): RunOption | undefined {
    return options.find((option) => this.allows(option, rerun));
  }
}
