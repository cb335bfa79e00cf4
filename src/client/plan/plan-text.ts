import { dollars } from '../../campaign/model/money.ts';
import type { Quantiles } from '../../campaign/random/quantiles.ts';
import type { MixPlan } from '../../campaign/planning/mix-plan.ts';
import type { CampaignPlan } from '../../campaign/planning/plan.ts';
import { instantText, percent } from '../../campaign/model/units.ts';
import { amountOf } from '../../plan-picture/amount.ts';
import { counted } from '../../safe-text.ts';
import { table } from '../table.ts';

/** The limits that a plan is compared with. */
interface PlanLimits {
  campaign: string;
  /** ISO instant. */
  deadline: string;
  budgetMicroUsd: number;
  margin: number;
  /** Assumed start, in ms. */
  startsAt: number;
}

/** The output of `plan`. */
export function planText(plan: CampaignPlan, limits: PlanLimits): string {
  const { submissions, teams, mixes, basis, unknowns } = plan;
  const { campaign, deadline, budgetMicroUsd } = limits;
  return [
    `${campaign}: ${counted(submissions, 'submission')} of ${counted(teams, 'team')}; ` +
      `deadline ${instantText(Date.parse(deadline))}, budget ${dollars(budgetMicroUsd)}`,
    basis === 'upper-bound' ? boundTable(mixes, plan, limits) : forecastTable(mixes, plan, limits),
    verdictOf(plan),
    ['Assumptions:', ...unknowns.map((unknown) => `- ${unknown}`)].join('\n'),
  ].join('\n\n');
}

function forecastTable(mixes: readonly MixPlan[], { submissions }: CampaignPlan, limits: PlanLimits): string {
  const at = (seconds: number): string => instantText(limits.startsAt + seconds * 1000);
  return table(
    ['mix', 'slots', '', 'hours', 'cost', 'each', 'budget needed', 'done', 'scored', machinesTitle(limits)],
    mixes.flatMap((plan) => {
      const { costMicroUsd: cost, budgetMicroUsd: budget, seconds, hours, scored } = plan;
      const row = (of: keyof Quantiles): string[] => [
        of.toUpperCase(),
        whole(hours[of]),
        amountOf(cost[of]),
        dollars(cost[of] / submissions),
        amountOf(budget[of]),
        at(seconds[of]),
        percent(scored[of]),
      ];
      return [
        [plan.mix, slotsOf(plan), ...row('p10'), machinesOf(plan)],
        ['', '', ...row('p50'), ''],
        ['', '', ...row('p90'), ''],
      ];
    }),
  );
}

function boundTable(mixes: readonly MixPlan[], { submissions }: CampaignPlan, limits: PlanLimits): string {
  return table(
    ['mix', 'slots', 'hours at most', 'cost at most', 'each', 'budget needed', 'done by', machinesTitle(limits)],
    mixes.map((plan) => [
      plan.mix,
      slotsOf(plan),
      whole(plan.hours.p50),
      amountOf(plan.costMicroUsd.p50),
      dollars(plan.costMicroUsd.p50 / submissions),
      amountOf(plan.budgetMicroUsd.p50),
      instantText(limits.startsAt + plan.seconds.p50 * 1000),
      machinesOf(plan),
    ]),
  );
}

const machinesTitle = ({ margin }: PlanLimits): string =>
  `machines for the deadline${margin > 0 ? ` (plus ${percent(margin)})` : ''}`;
const machinesOf = ({ machines }: MixPlan): string => {
  if (machines === null) return 'none: a single run takes longer';
  const { enough, withMargin } = machines;
  return withMargin === enough ? `${enough}` : `${enough} (${withMargin})`;
};
const slotsOf = ({ slots }: MixPlan): string =>
  Object.entries(slots)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** Which limit fails first, how likely, and what fixes it. */
function verdictOf({ mixes, mendings, basis }: CampaignPlan): string {
  const [plan] = mixes;
  if (plan === undefined) return '';
  const { mix, fails } = plan;
  if (fails.first === null) return `${mix}: within budget and deadline`;
  const likely = basis === 'upper-bound' ? 'at that upper bound' : `in ${percent(fails[fails.first])} of the cases`;
  const second = fails.first === 'budget' ? 'deadline' : 'budget';
  const also = fails[second] > 0 && basis !== 'upper-bound' ? `, the ${second} in ${percent(fails[second])}` : '';
  const lines = mendings.map(
    ({ words, beyondBudgetMicroUsd, costMicroUsd }) =>
      `  ${words.join(' and ')}: ${beyondBudgetMicroUsd > 0 ? `${amountOf(beyondBudgetMicroUsd)} above the budget` : `within the budget, at most ${amountOf(costMicroUsd)}`}`,
  );
  const title = lines.length > 0 ? ['Fixes that suffice in 9 of 10 cases, cheapest first:'] : [];
  return [`${mix}: the ${fails.first} fails first, ${likely}${also}`, ...title, ...lines].join('\n');
}

const whole = (value: number): string =>
  value < 10 ? value.toFixed(2) : String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
