import { byName } from '../model/by-name.ts';
import type { CampaignState } from '../state/campaign-state.ts';
import type { GrantPass } from './grant-pass.ts';
import type { GrantLimits } from './starts.ts';
import type { Waiting } from './usage.ts';

/**
 * Sets aside the money of the canaries that are decided after the grants (canary-decisions.ts), so that grants leave it to
 * them. Requests whose canary does not fit into the budget are passed over like requests that do not fit themselves.
 */
export function keepMoneyForCanaries(
  pass: GrantPass,
  { canaries, slots }: CampaignState,
  waiting: readonly Waiting[],
  { inTurn }: GrantLimits,
): void {
  if (inTurn === undefined) return;
  const waitingFor = byName<Waiting[]>();
  for (const one of waiting) {
    const preferred = one.open.request && pass.eligible.preferred(one.open, one.request);
    if (preferred && pass.waitsForCanary(preferred)) (waitingFor[preferred.class] ??= []).push(one);
  }
  for (const name of Object.keys(slots)) {
    const [cost, requests] = [inTurn.canaryCosts[name], waitingFor[name]];
    if (cost === undefined || requests === undefined || canaries.isRunning(name)) continue;
    // As decideCanaries: the money that is kept for reruns may serve.
    if (pass.budget.canReserve(cost, true)) pass.budget.reserve(cost, true);
    else pass.guard.addCanary(requests, cost);
  }
}
