import { futuresFor, futuresOf } from './futures.ts';
import { meetsLimits, planFixes, type PlanFix } from './plan-fixes.ts';
import { mixPlanOf, type MixPlan, type PlanInput } from './mix-plan.ts';
import { mixesOf } from './mixes.ts';
import { spotAssumed, unknownsOf } from './unknowns.ts';
import { waitsForMoney } from './waits-for-money.ts';

/** Planned cost and finish of a campaign that has not started. */
export interface CampaignPlan {
  submissions: number;
  teams: number;
  /** `upper-bound`: only the limits are known, and every number is an upper bound. */
  basis: 'upper-bound' | 'expectation' | 'pilot';
  /** The first is what `start-campaign` would use. */
  mixes: MixPlan[];
  /** Fixes for the first mix if it misses budget or deadline in more than one of ten futures; cheapest first. */
  mendings: PlanFix[];
  /** Text for people: what is assumed and what is not known yet. */
  unknowns: string[];
}

/** Plans every mix of classes. Deterministic. `say` receives progress: 100,000 submissions take a minute. */
export function planOf(asked: Omit<PlanInput, 'futures'>, say: (step: string) => void = () => undefined): CampaignPlan {
  const { planned, knowledge } = asked;
  const submissions = planned.teams.flat().length;
  const input = { ...asked, futures: futuresOf(knowledge.kind === 'wall-clock' ? 1 : futuresFor(submissions)) };
  const [first, ...others] = mixesOf(planned.rules, knowledge).map((mix) => {
    say(`planning ${mix.name}`);
    return { mix, plan: mixPlanOf(input, mix) };
  });
  if (first === undefined) throw new RangeError('a campaign has at least one instance class');
  const isSafe = meetsLimits(first.plan, input);
  if (!isSafe) say('looking for fixes');
  const fixes = isSafe ? [] : planFixes(input, first, others);
  return {
    submissions,
    teams: planned.teams.length,
    basis: bases[knowledge.kind],
    mixes: [first, ...others].map(({ plan }) => plan),
    mendings: fixes,
    unknowns: [
      ...unknownsOf(planned.rules, knowledge, submissions),
      ...waitsForMoney(first.plan, asked.budget),
      ...(fixes.some(({ spot }) => spot) ? spotAssumed : []),
    ],
  };
}

const bases = { 'wall-clock': 'upper-bound', expect: 'expectation', pilot: 'pilot' } as const;
