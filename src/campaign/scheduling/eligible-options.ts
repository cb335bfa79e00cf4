import type { CampaignState } from '../state/campaign-state.ts';
import type { OpenSubmission, WaitingRequest } from '../state/open-submission.ts';
import type { OffSpot } from '../model/messages.ts';
import { isAffordable } from './available-budget.ts';
import type { RunOption } from '../model/run-option.ts';
import { isSpot, reasonAgainstSpot } from './spot-rule.ts';

const msPerHour = 3_600_000;

/** The options that requests may use in one decision, at once or when a slot becomes free. `now` in ms. */
export class EligibleOptions {
  /** Classes that have slots, had machines recently and are not blocked. Computed once, as many requests wait. */
  private readonly open: ReadonlySet<string>;
  private readonly hoursLeft: number;

  constructor(
    private readonly state: CampaignState,
    now: number,
  ) {
    const open = Object.entries(state.slots).filter(
      ([name, slots]) => slots > 0 && (state.shortUntil[name] ?? 0) <= now && !state.faults.isBlocked(name),
    );
    this.open = new Set(open.map(([name]) => name));
    this.hoursLeft = (Date.parse(state.deadline) - now) / msPerHour;
  }

  allows(submission: OpenSubmission, request: WaitingRequest, option: RunOption): boolean {
    return this.isOpen(request, option) && this.againstSpot(submission, request, option) === undefined;
  }

  /** The option that a request waits for: the most preferred that is allowed. */
  preferred(submission: OpenSubmission, request: WaitingRequest): RunOption | undefined {
    return request.options.find((option) => this.allows(submission, request, option));
  }

  /**
   * The Spot option that a request may use if its preferred one has no free slot: to wait for an on-demand slot would cost
   * the time that the move from Spot is to save.
   */
  spotInstead(submission: OpenSubmission, request: WaitingRequest, preferred: RunOption): RunOption | undefined {
    if (this.offSpot(submission, request, preferred) !== 'deadline') return undefined;
    return request.options.find((option) => isSpot(option) && this.isOpen(request, option));
  }

  /** Why a request that gets this on-demand option does not get the Spot option that it prefers; undefined: it has none. */
  offSpot(submission: OpenSubmission, request: WaitingRequest, granted: RunOption): OffSpot | undefined {
    if (isSpot(granted)) return undefined;
    for (const option of request.options) {
      if (option.class === granted.class) return undefined;
      const reason = this.isOpen(request, option) ? this.againstSpot(submission, request, option) : undefined;
      if (reason) return reason;
    }
    return undefined;
  }

  /** Without an on-demand option that is open, a run stays on Spot. */
  private againstSpot(submission: OpenSubmission, request: WaitingRequest, option: RunOption): OffSpot | undefined {
    if (!isSpot(option)) return undefined;
    const onDemand = request.options.find((other) => !isSpot(other) && this.isOpen(request, other));
    if (onDemand === undefined) return undefined;
    const { machinesLost } = submission;
    return reasonAgainstSpot(option, onDemand, { machinesLost, hoursLeft: this.hoursLeft });
  }

  private isOpen({ rerun }: WaitingRequest, option: RunOption): boolean {
    return this.open.has(option.class) && isAffordable(this.state, option, rerun);
  }
}
