import type { AvailableBudget } from './available-budget.ts';
import type { RunOption } from '../model/run-option.ts';
import type { Waiting } from './usage.ts';

/** A request that does not fit into the available budget is passed over this often; then money and a slot are kept for it. */
const mostPassed = 20;

/** Keeps cheap requests from starving expensive ones: requests of one decision with a free slot but not enough budget. */
export class StarvationGuard {
  private readonly passed: [Waiting, RunOption][] = [];

  constructor(
    private readonly budget: AvailableBudget,
    /** Free slots by class. */
    private readonly free: Record<string, number>,
  ) {}

  /** Adds a request that does not fit; if it was passed over too often, nothing else gets its money and slot. */
  add(waiting: Waiting, option: RunOption): void {
    if (waiting.request.passed >= mostPassed) this.keep(waiting, option);
    else this.passed.push([waiting, option]);
  }

  /** A run was granted while these requests did not fit. */
  countPassed(): void {
    for (const [waiting, option] of this.passed) {
      if (waiting.open.passOver() === mostPassed) this.keep(waiting, option);
    }
  }

  /** Keeps the slot too: otherwise runs that the kept money does not limit would fill the class meanwhile. */
  private keep({ request }: Waiting, option: RunOption): void {
    this.budget.reserve(option.worst, request.rerun);
    this.free[option.class] = Math.max(0, (this.free[option.class] ?? 0) - 1);
  }
}
