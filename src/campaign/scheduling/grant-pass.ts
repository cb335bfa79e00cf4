import TinyQueue from 'tinyqueue';
import { byName } from '../model/by-name.ts';
import type { RunGrant } from '../model/messages.ts';
import type { RunOption } from '../model/run-option.ts';
import type { CampaignState } from '../state/campaign-state.ts';
import { AvailableBudget } from './available-budget.ts';
import { EligibleOptions } from './eligible-options.ts';
import { StarvationGuard } from './starvation-guard.ts';
import type { GrantLimits } from './starts.ts';
import { trialPlaces, unprovenPlaces } from './unproven-classes.ts';
import { countGrant, type Usage, type Waiting } from './usage.ts';

/** A waiting request and an option that it could run on. */
export interface Candidate {
  waiting: Waiting;
  option: RunOption;
}

interface GrantOrder<One extends Candidate> {
  /** Compares two candidates; the first in order is granted first. */
  compare: (a: One, b: One) => number;
  /** A candidate whose place has changed because of other grants; undefined: it is up to date. */
  refreshed?: (candidate: One) => One | undefined;
  /** A candidate's class has a free slot, but its worst case does not fit into the budget. */
  onTooExpensive?: (candidate: One) => void;
}

/** Grants runs in some order until slots, money or candidates run out. `now` in ms. */
export class GrantPass {
  readonly guard: StarvationGuard;
  readonly budget: AvailableBudget;
  readonly eligible: EligibleOptions;
  /** By class; classes without a free slot are left out. */
  private readonly free: Record<string, number>;
  private places: number;
  private readonly isClosed: (name: string) => boolean;

  constructor(
    state: CampaignState,
    private readonly usage: Usage,
    private readonly now: number,
    { unproven = Infinity, needCanaries }: GrantLimits,
  ) {
    this.isClosed = (name) => needCanaries === true && !state.canaries.isOpen(name);
    this.free = freeSlots(state, usage, (name) =>
      this.isClosed(name) ? 0 : Math.min(trialPlaces(state, name), unprovenPlaces(state, name, now, unproven)),
    );
    this.places = Object.values(this.free).reduce((sum, slots) => sum + slots, 0);
    this.budget = new AvailableBudget(state, usage);
    this.guard = new StarvationGuard(this.budget, this.free);
    this.eligible = new EligibleOptions(state, now);
  }

  get isFull(): boolean {
    return this.places === 0;
  }

  hasFreeSlot(option: RunOption): boolean {
    return (this.free[option.class] ?? 0) > 0;
  }

  /** The option's class has no free slot because no canary has opened it yet. */
  waitsForCanary(option: RunOption): boolean {
    return this.isClosed(option.class);
  }

  grantInOrder<One extends Candidate>(candidates: One[], order: GrantOrder<One>): RunGrant[] {
    const leastWorst = candidates.reduce((least, { option }) => Math.min(least, option.worst), Infinity);
    const queue = new TinyQueue(candidates, order.compare);
    const granted: RunGrant[] = [];
    for (let next = queue.pop(); next !== undefined && !this.isFull; next = queue.pop()) {
      if (!this.budget.canReserve(leastWorst, true)) break;
      const { waiting, option } = next;
      const refreshed = order.refreshed?.(next);
      if (refreshed) queue.push(refreshed);
      // A request with several options is a candidate for each.
      else if (waiting.open.request !== waiting.request || !this.hasFreeSlot(option)) continue;
      else if (this.budget.canReserve(option.worst, waiting.request.rerun)) granted.push(this.grant(next));
      else order.onTooExpensive?.(next);
    }
    return granted;
  }

  private grant({ waiting, option }: Candidate): RunGrant {
    const { submission, open, request } = waiting;
    this.budget.reserve(option.worst, request.rerun);
    this.free[option.class] = (this.free[option.class] ?? 0) - 1;
    this.places -= 1;
    const grant = open.grantRequest(request, option, this.now, this.eligible.offSpot(open, request, option));
    countGrant(this.usage, open.team, grant);
    this.guard.countPassed();
    return { submission, n: grant.n, class: grant.class, reserved: grant.reserved };
  }
}

function freeSlots(
  state: CampaignState,
  { runsByClass }: Usage,
  placesOn: (name: string) => number,
): Record<string, number> {
  const free = byName<number>();
  for (const [name, slots] of Object.entries(state.slots)) {
    const left = Math.min(slots - (runsByClass[name] ?? 0), placesOn(name));
    if (left > 0) free[name] = left;
  }
  return free;
}
