import type { CampaignState } from '../state/campaign-state.ts';
import { outlookOf, type Outlook, type Prospect, type Quantiles } from './outlook.ts';
import { forecastFixes } from './fixes.ts';
import type { InstanceClass } from '../model/frozen-campaign.ts';

export type { Quantiles } from './outlook.ts';

/**
 * When a campaign ends and what it will have cost if it goes on as it does and neither deadline nor budget stops it.
 * Teams that are paused count as gone; a campaign that is paused goes on now. Pure.
 */
export interface Forecast extends Outlook {
  /** The finish if from now on nothing went to a dearer class than it needs. */
  finishUnhurried: Quantiles;
  /** The finish if from now on dearer classes took all they can; null while the deadline is safe without. */
  finishHurried: Quantiles | null;
  /** What would mend a miss of deadline or budget, as words of the command line, cheapest first. */
  remedies: string[];
}

/** Before so many evaluations have ended nothing is said. */
const fewestEnds = 5;

/**
 * Forecast from what ended runs teach; always the same for the same state, and no dearer for a larger campaign. Null until
 * enough has ended to say anything, and while nothing can begin. `now` in ms; `perTeam`: open submissions of one team.
 */
export function forecastOf(
  state: CampaignState,
  classes: readonly InstanceClass[],
  now: number,
  perTeam: number,
): Forecast | null {
  if (endedEvaluations(state) < fewestEnds) return null;
  const prospectOf = (hurry: boolean): Prospect => ({ classes, now, manner: { perTeam, hurry } });
  const unhurried = outlookOf(state, prospectOf(false));
  if (unhurried === undefined) return null;
  const isSafe = unhurried.finish.p90 <= Date.parse(state.deadline) && !state.deadlineAtRisk;
  const hurried = isSafe ? undefined : outlookOf(state, prospectOf(true));
  const outlook = (state.deadlineAtRisk ? hurried : undefined) ?? unhurried;
  return {
    ...outlook,
    finishUnhurried: unhurried.finish,
    finishHurried: hurried?.finish ?? null,
    remedies: state.closing ? [] : forecastFixes(state, prospectOf(true), hurried ?? unhurried),
  };
}

/**
 * Whether dearer classes should be granted. A hurry begins when the cheapest classes would rather miss the deadline than
 * not, and when they might miss it and there is hardly time left to catch up. It is over a good deal later than that.
 */
export function isDeadlineAtRisk(state: CampaignState, forecast: Forecast | null): boolean {
  if (forecast === null) return state.deadlineAtRisk;
  const deadline = Date.parse(state.deadline);
  const { finishUnhurried: unhurried, finishHurried: hurried } = forecast;
  const lead = state.deadlineAtRisk ? (unhurried.p90 - unhurried.p50) / 2 : 0;
  if (unhurried.p50 + lead > deadline) return true;
  if (unhurried.p90 + lead <= deadline || hurried === null) return false;
  return hurried.p90 + (hurried.p90 - hurried.p50) * (state.deadlineAtRisk ? 2 : 1) > deadline;
}

const endedEvaluations = ({ statistics: pace }: CampaignState): number =>
  Object.values(pace.byClass)
    .flatMap(({ measured, unmeasured }) => [...Object.values(measured), ...Object.values(unmeasured)])
    .reduce((sum, { count }) => sum + count, 0);
