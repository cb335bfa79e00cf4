import type { CampaignState, WaitingRequest } from '../state/campaign-state.ts';
import { isClassHeld } from '../state/platform-faults.ts';
import { isAffordable } from './available-budget.ts';
import type { RunOption } from '../model/run-option.ts';

/** Which options requests may go to in one decision, at once or when a slot frees. Pure; `now` in ms. */
export class EligibleOptions {
  /** Classes that have slots, gave machines lately and are not held; asked for here once, not for each of many that wait. */
  private readonly open: ReadonlySet<string>;

  constructor(
    private readonly state: CampaignState,
    now: number,
  ) {
    const open = Object.entries(state.slots).filter(
      ([name, slots]) => slots > 0 && !isShort(state, name, now) && !isClassHeld(state, name),
    );
    this.open = new Set(open.map(([name]) => name));
  }

  allows(option: RunOption, rerun: boolean): boolean {
    return this.open.has(option.class) && isAffordable(this.state, option, rerun);
  }

  /** The option a request waits for: the most wanted of those that it may go to. */
  preferred({ options, rerun }: WaitingRequest): RunOption | undefined {
    return options.find((option) => this.allows(option, rerun));
  }
}

const isShort = ({ shortUntil }: CampaignState, onClass: string, now: number): boolean =>
  (shortUntil[onClass] ?? 0) > now;
