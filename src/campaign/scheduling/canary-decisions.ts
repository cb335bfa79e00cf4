import type { CampaignState } from '../state/campaign-state.ts';
import { AvailableBudget } from './available-budget.ts';
import { EligibleOptions } from './eligible-options.ts';
import { usageOf } from './usage.ts';
import { isDone } from './is-done.ts';

/** `reserved`: micro-dollars, until the canary's cost is known. */
export type CanaryDecision =
  | { kind: 'begin'; class: string; n: number; reserved: number }
  /** Nobody waits for its outcome any more. */
  | { kind: 'end'; class: string; n: number };

/**
 * Decides which classes get a canary now and which canaries end; call it after the grants, which leave it the money
 * (canary-money.ts). A class gets its first one when a waiting request would run there: not before, since most campaigns never
 * use their largest class. `worst`: the highest cost of a canary by class, in micro-dollars; `now` in ms.
 */
export function decideCanaries(
  state: CampaignState,
  worst: Readonly<Record<string, number>>,
  now: number,
): CanaryDecision[] {
  if (state.closing || isDone(state)) state.canaries.endAll();
  const ended = state.canaries.takeUnwanted().map((one) => ({ kind: 'end' as const, ...one }));
  if (state.closing || state.paused || now >= Date.parse(state.deadline)) return ended;
  return [...ended, ...beginnings(state, worst, now)];
}

function beginnings(state: CampaignState, worst: Readonly<Record<string, number>>, now: number): CanaryDecision[] {
  const without = Object.keys(state.slots).filter(
    (name) => !state.canaries.isOpen(name) && !state.canaries.isRunning(name),
  );
  if (without.length === 0) return [];
  const wanted = wantedClasses(state, now);
  const budget = new AvailableBudget(state, usageOf(state));
  return without.flatMap((name): CanaryDecision[] => {
    const reserved = worst[name];
    // The money that is kept for reruns may serve: without a canary there is no rerun either.
    if (reserved === undefined || !wanted.has(name) || !budget.canReserve(reserved, true)) return [];
    budget.reserve(reserved, true);
    return [{ kind: 'begin', class: name, n: state.canaries.begin(name, reserved, now), reserved }];
  });
}

/** The classes on which waiting requests would run now; while the deadline is at risk, more expensive ones too. */
function wantedClasses(state: CampaignState, now: number): Set<string> {
  const eligible = new EligibleOptions(state, now);
  const wanted = new Set<string>();
  for (const { open, request } of usageOf(state).waiting) {
    const preferred = eligible.preferred(open, request);
    if (preferred) wanted.add(preferred.class);
    if (!state.deadlineAtRisk) continue;
    for (const option of request.options) if (eligible.allows(open, request, option)) wanted.add(option.class);
  }
  return wanted;
}
