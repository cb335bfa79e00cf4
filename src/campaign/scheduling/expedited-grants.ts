import type { RunGrant } from '../model/messages.ts';
import type { RunOption } from '../model/run-option.ts';
import type { CampaignState } from '../state/campaign-state.ts';
import { ClassCostModel } from '../state/class-cost-model.ts';
import { treatmentOf } from '../state/team-settings.ts';
import { keepMoneyForCanaries } from './canary-money.ts';
import { GrantPass, type Candidate } from './grant-pass.ts';
import type { GrantLimits } from './starts.ts';
import type { Usage, Waiting } from './usage.ts';

interface PreferringRequest {
  waiting: Waiting;
  preferred: RunOption;
}

interface ExpensiveCandidate extends Candidate {
  priority: number;
  /** Slot hours saved on the crowded class per additional micro-dollar. */
  hoursPerMicroUsd: number;
}

/**
 * While the deadline is at risk: requests that {@link grants} left waiting go to more expensive classes with free
 * slots, by priority, then where a dollar buys most time. Counts the grants in `usage`. `now` in ms.
 */
export function expeditedGrants(state: CampaignState, usage: Usage, now: number, limits: GrantLimits): RunGrant[] {
  const pass = new GrantPass(state, usage, now, limits);
  if (pass.isFull) return [];
  keepMoneyForCanaries(pass, state, usage.waiting, limits);
  const requests = usage.waiting.flatMap((waiting): PreferringRequest[] => {
    const preferred = waiting.open.grant ? undefined : pass.eligible.preferred(waiting.open, waiting.request);
    return preferred ? [{ waiting, preferred }] : [];
  });
  for (const { waiting, preferred } of requests) {
    const { request } = waiting;
    if (pass.hasFreeSlot(preferred) && !pass.budget.canReserve(preferred.worst, request.rerun)) {
      pass.guard.add(waiting, preferred);
    }
  }
  // A request whose preferred class has a free slot waits for money, not for time; one whose class waits for its canary does
  // so for minutes.
  const crowded = requests.filter(({ preferred }) => !pass.hasFreeSlot(preferred) && !pass.waitsForCanary(preferred));
  return pass.grantInOrder(candidates(state, crowded, pass), { compare });
}

function candidates(
  state: CampaignState,
  crowded: readonly PreferringRequest[],
  pass: GrantPass,
): ExpensiveCandidate[] {
  const costModel = new ClassCostModel(state);
  return crowded.flatMap(({ waiting, preferred }) => {
    const { request, open } = waiting;
    const { priority } = treatmentOf(state, open.team);
    const [hours, cost] = [costModel.hoursOf(preferred), costModel.costOf(preferred)];
    return request.options
      .filter((option) => pass.hasFreeSlot(option) && pass.eligible.allows(open, request, option))
      .map((option) => {
        const hoursPerMicroUsd = hours / Math.max(1, costModel.costOf(option) - cost);
        return { waiting, option, priority, hoursPerMicroUsd };
      });
  });
}

const compare = (a: ExpensiveCandidate, b: ExpensiveCandidate): number =>
  a.priority - b.priority ||
  b.hoursPerMicroUsd - a.hoursPerMicroUsd ||
  a.waiting.request.ticket - b.waiting.request.ticket;
