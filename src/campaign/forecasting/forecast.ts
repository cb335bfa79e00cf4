import type { CampaignFacts } from '../state/campaign-state.ts';
import type { Quantiles } from '../random/quantiles.ts';
import { projectionOf, type Projection, type ProjectionContext } from './monte-carlo-projection.ts';
import { forecastFixes } from './forecast-fixes.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';

/**
 * Finish and cost of a campaign that continues as it is, if neither deadline nor budget stops it. Paused teams are left
 * out; a paused campaign resumes now.
 */
export interface Forecast extends Projection {
  /** The finish if no evaluation goes to a more expensive class than it needs from now on. */
  finishUnhurried: Quantiles;
  /** The finish if grants are expedited from now on; null while the deadline is safe without that. */
  finishHurried: Quantiles | null;
  /** Commands that would prevent a miss of the deadline or the budget, cheapest first. */
  remedies: string[];
}

/** There is no forecast before this many evaluations have ended. */
const minEvaluations = 5;

/**
 * Forecast from the statistics of ended runs. The result is the same for the same state, and its cost does not grow with
 * the campaign. Null while there are too few statistics or nothing can start. `now` in ms; `maxOpenPerTeam`: limit of open
 * submissions of one team.
 */
export function forecastOf(
  state: CampaignFacts,
  classes: readonly InstanceClass[],
  now: number,
  maxOpenPerTeam: number,
): Forecast | null {
  if (endedEvaluations(state) < minEvaluations) return null;
  const contextOf = (expedited: boolean): ProjectionContext => ({
    classes,
    now,
    policy: { maxOpenPerTeam, expedited },
  });
  const normal = projectionOf(state, contextOf(false));
  if (normal === undefined) return null;
  const isSafe = normal.finish.p90 <= Date.parse(state.deadline) && !state.deadlineAtRisk;
  const expedited = isSafe ? undefined : projectionOf(state, contextOf(true));
  const current = (state.deadlineAtRisk ? expedited : undefined) ?? normal;
  return {
    ...current,
    finishUnhurried: normal.finish,
    finishHurried: expedited?.finish ?? null,
    remedies: state.closing ? [] : forecastFixes(state, contextOf(true), expedited ?? normal),
  };
}

/**
 * Whether to expedite grants. They begin when the cheapest classes are more likely to miss the deadline than not, or when
 * they might miss it and there is hardly time left to catch up. They end with a margin, so that they do not flip.
 */
export function isDeadlineAtRisk(state: CampaignFacts, forecast: Forecast | null): boolean {
  if (forecast === null) return state.deadlineAtRisk;
  const deadline = Date.parse(state.deadline);
  const { finishUnhurried: normal, finishHurried: expedited } = forecast;
  const margin = state.deadlineAtRisk ? (normal.p90 - normal.p50) / 2 : 0;
  if (normal.p50 + margin > deadline) return true;
  if (normal.p90 + margin <= deadline || expedited === null) return false;
  return expedited.p90 + (expedited.p90 - expedited.p50) * (state.deadlineAtRisk ? 2 : 1) > deadline;
}

const endedEvaluations = ({ statistics }: CampaignFacts): number =>
  Object.values(statistics.byClass)
    .flatMap(({ measured, unmeasured }) => [...Object.values(measured), ...Object.values(unmeasured)])
    .reduce((sum, { count }) => sum + count, 0);
