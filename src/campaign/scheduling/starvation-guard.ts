import type { WaitingRequest } from '../state/campaign-state.ts';
import type { AvailableBudget } from './available-budget.ts';
import type { RunOption } from '../model/run-option.ts';

/** A request that does not fit into the money left is passed over this often; then money and a slot are kept for it. */
const mostPassed = 20;

/** Who has a free slot in one decision and not the money for it. */
export class StarvationGuard {
  private readonly passed: [WaitingRequest, RunOption][] = [];

  constructor(
    private readonly purse: AvailableBudget,
    /** Free slots by class. */
    private readonly free: Record<string, number>,
  ) {}

  /** It does not fit: others may pass, unless they did so too often. */
  add(request: WaitingRequest, option: RunOption): void {
    if (request.passed >= mostPassed) this.keep(request, option);
    else this.passed.push([request, option]);
  }

  /** A grant went past those that did not fit. */
  passOver(): void {
    for (const [request, option] of this.passed) {
      request.passed += 1;
      if (request.passed === mostPassed) this.keep(request, option);
    }
  }

  /** The slot too: runs that the saved money does not concern would else keep the class full while others spend it. */
  private keep({ rerun }: WaitingRequest, { worst, class: onClass }: RunOption): void {
    this.purse.take(worst, rerun);
    this.free[onClass] = Math.max(0, (this.free[onClass] ?? 0) - 1);
  }
}
