import type { AvailableBudget } from './available-budget.ts';
import type { RunOption } from '../model/run-option.ts';
import type { Waiting } from './usage.ts';

/** A request that does not fit into the available budget is passed over this often; then money and a slot are kept for it. */
const mostPassed = 20;

/** Requests that wait for one canary, with its worst case in micro-dollars. */
interface WaitingForCanary {
  requests: readonly Waiting[];
  cost: number;
}

/** Keeps cheap requests from starving expensive ones: requests of one decision with a free slot but not enough budget. */
export class StarvationGuard {
  private readonly known = new Set<Waiting>();
  private readonly passed: [Waiting, RunOption][] = [];
  private passedForCanary: WaitingForCanary[] = [];

  constructor(
    private readonly budget: AvailableBudget,
    /** Free slots by class. */
    private readonly free: Record<string, number>,
  ) {}

  /** Adds a request that does not fit; if it was passed over too often, nothing else gets its money and slot. */
  add(waiting: Waiting, option: RunOption): void {
    if (this.known.has(waiting)) return;
    this.known.add(waiting);
    if (waiting.request.passed >= mostPassed) this.keep(waiting, option);
    else this.passed.push([waiting, option]);
  }

  /** Adds requests that wait for a canary that does not fit; its money is kept once for all of them. */
  addCanary(requests: readonly Waiting[], cost: number): void {
    if (requests.some(({ request }) => request.passed >= mostPassed)) this.budget.reserve(cost, true);
    else this.passedForCanary.push({ requests, cost });
  }

  /** A run was granted while these requests did not fit. */
  countPassed(): void {
    for (const [waiting, option] of this.passed) {
      if (waiting.open.passOver() === mostPassed) this.keep(waiting, option);
    }
    this.passedForCanary = this.passedForCanary.filter(({ requests, cost }) => {
      const isTooMuch = requests.filter(({ open }) => open.passOver() >= mostPassed).length > 0;
      if (isTooMuch) this.budget.reserve(cost, true);
      return !isTooMuch;
    });
  }

  /** Keeps the slot too: otherwise runs that the kept money does not limit would fill the class meanwhile. */
  private keep({ request }: Waiting, option: RunOption): void {
    this.budget.reserve(option.worst, request.rerun);
    this.free[option.class] = Math.max(0, (this.free[option.class] ?? 0) - 1);
  }
}
