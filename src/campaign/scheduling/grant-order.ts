import { byName } from '../model/by-name.ts';
import type { RunGrant } from '../model/messages.ts';
import type { CampaignState } from '../state/campaign-state.ts';
import { ClassCostModel } from '../state/class-cost-model.ts';
import { treatmentOf } from '../state/team-settings.ts';
import { keepMoneyForCanaries } from './canary-money.ts';
import { GrantPass, type Candidate } from './grant-pass.ts';
import type { GrantLimits } from './starts.ts';
import type { Usage } from './usage.ts';

interface FairCandidate extends Candidate {
  priority: number;
  weight: number;
  /** Current runs of its team, divided by the team's weight. */
  share: number;
  /**
   * It goes behind its team's other runs. If more evaluations wait for a class than it has slots, further probes would not
   * keep it busier: they go last, else first.
   */
  deferred: boolean;
  /** Only if the request's preferred option has no free slot. */
  isFallback: boolean;
}

/**
 * Grants waiting requests and counts them in `usage`: by priority, then the team with the fewest current runs relative
 * to its weight, then probes while few evaluations wait for the class, then the longest wait. Each request's options
 * are first ordered again by the evaluations that have ended since. `now` in ms.
 */
export function grants(state: CampaignState, usage: Usage, now: number, limits: GrantLimits): RunGrant[] {
  const pass = new GrantPass(state, usage, now, limits);
  // The order of the options decides which canary comes first while no class is open.
  if (pass.isFull && limits.inTurn === undefined) return [];
  const costModel = new ClassCostModel(state);
  for (const { open } of usage.waiting) open.reorderOptions(costModel);
  keepMoneyForCanaries(pass, state, usage.waiting, limits);
  const shareOf = (team: number, weight: number): number => (usage.runsByTeam[team] ?? 0) / weight;
  const found = candidates(state, usage, pass, shareOf);
  if (limits.inTurn) guardInTurn(pass, found);
  return pass.grantInOrder(found, {
    compare,
    refreshed: (candidate) => {
      const share = shareOf(candidate.waiting.open.team, candidate.weight);
      return share === candidate.share ? undefined : { ...candidate, share };
    },
    onTooExpensive: ({ waiting, option, isFallback }) => {
      if (!isFallback) pass.guard.add(waiting, option);
    },
  });
}

/** A request that does not fit is passed over by every grant of this decision, wherever it is in order. */
function guardInTurn({ guard, budget }: GrantPass, found: readonly FairCandidate[]): void {
  const tooExpensive = found.filter(
    ({ waiting: { request }, option, isFallback }) => !isFallback && !budget.canReserve(option.worst, request.rerun),
  );
  const byAge = tooExpensive.toSorted((a, b) => a.waiting.request.ticket - b.waiting.request.ticket);
  for (const { waiting, option } of byAge) guard.add(waiting, option);
}

function candidates(
  state: CampaignState,
  { waiting }: Usage,
  pass: GrantPass,
  shareOf: (team: number, weight: number) => number,
): FairCandidate[] {
  const evaluations = byName<number>();
  const found: FairCandidate[] = [];
  for (const one of waiting) {
    const option = pass.eligible.preferred(one.open, one.request);
    if (option === undefined) continue;
    if (one.request.purpose === 'evaluation') evaluations[option.class] = (evaluations[option.class] ?? 0) + 1;
    const fallback = pass.eligible.spotInstead(one.open, one.request, option);
    const { priority, weight } = treatmentOf(state, one.open.team);
    const share = shareOf(one.open.team, weight);
    const candidate = { waiting: one, priority, weight, share, deferred: false };
    if (pass.hasFreeSlot(option)) found.push({ ...candidate, option, isFallback: false });
    if (fallback && pass.hasFreeSlot(fallback)) found.push({ ...candidate, option: fallback, isFallback: true });
  }
  for (const candidate of found) {
    const { class: name } = candidate.option;
    const isProbe = candidate.waiting.request.purpose === 'probe';
    candidate.deferred = isProbe === (evaluations[name] ?? 0) > (state.slots[name] ?? 0);
  }
  return found;
}

const compare = (a: FairCandidate, b: FairCandidate): number =>
  a.priority - b.priority ||
  a.share - b.share ||
  Number(a.deferred) - Number(b.deferred) ||
  a.waiting.request.ticket - b.waiting.request.ticket ||
  Number(a.isFallback) - Number(b.isFallback);
