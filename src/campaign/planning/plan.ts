import { dollars } from '../model/money.ts';
import { futuresOf } from './futures.ts';
import { isSafe, planFixes, type PlanFix } from './fixes.ts';
import { mixPlanOf, type MixPlan, type Question } from './mix-plan.ts';
import { mixesOf } from './mixes.ts';
import { spotAssumed, unknownsOf } from './unknowns.ts';
import type { PlannedBudget } from './planned-budget.ts';

/** What a campaign will cost and when it ends, before it has begun. */
export interface CampaignPlan {
  submissions: number;
  teams: number;
  /** `upper-bound`: nothing is known but the limits, and every number is a bound. */
  basis: 'upper-bound' | 'expectation' | 'pilot';
  /** The first is what a start would do. */
  mixes: MixPlan[];
  /** Cheapest first; of the first mix, where budget or deadline fails in more than one of ten futures. */
  mendings: PlanFix[];
  /** For people: what is assumed, and what cannot be known yet. */
  unknowns: string[];
}

/** Futures looked at: five are at least needed for tenths, more where each takes less time; odd, so that the expected one is among them. */
function futuresFor(submissions: number): number {
  if (submissions > 20_000) return 5;
  return submissions > 1_000 ? 11 : 41;
}

/** A question with as many futures as a plan of its size looks at. */
export function withFutures(asked: Omit<Question, 'futures'>): Question {
  const { planned, knowledge } = asked;
  const count = knowledge.kind === 'wall-clock' ? 1 : futuresFor(planned.teams.flat().length);
  return { ...asked, futures: futuresOf(count) };
}

/** Plans every mix of classes; `say` hears what is done next, which takes a minute for 100,000 submissions. Deterministic. Pure. */
export function planOf(asked: Omit<Question, 'futures'>, say: (step: string) => void = () => undefined): CampaignPlan {
  const { planned, knowledge } = asked;
  const submissions = planned.teams.flat().length;
  const question = withFutures(asked);
  const [first, ...others] = mixesOf(planned.rules, knowledge).map((mix) => {
    say(`planning ${mix.name}`);
    return { mix, plan: mixPlanOf(question, mix) };
  });
  if (first === undefined) throw new RangeError('a campaign has at least one instance class');
  const holds = isSafe(first.plan, question);
  if (!holds) say('seeking what mends it');
  const mendings = holds ? [] : planFixes(question, first, others);
  return {
    submissions,
    teams: planned.teams.length,
    basis: bases[knowledge.kind],
    mixes: [first, ...others].map(({ plan }) => plan),
    mendings,
    unknowns: [
      ...unknownsOf(planned.rules, knowledge, submissions),
      ...waitsForMoney(first.plan, asked.budget),
      ...(mendings.some(({ spot }) => spot) ? spotAssumed : []),
    ],
  };
}

/** What it takes that every run begins when its slot is free, where the budget would do otherwise. */
function waitsForMoney({ budgetMicroUsd, neverWaitingMicroUsd }: MixPlan, { microUsd }: PlannedBudget): string[] {
  if (budgetMicroUsd.p50 > microUsd || neverWaitingMicroUsd.p50 <= microUsd) return [];
  return [
    'every run sets its worst case aside until it ends, so fewer run at a time than there are slots, and the end comes later, as is ' +
      `planned here; from a budget of ${dollars(neverWaitingMicroUsd.p50)} on nothing waits for money`,
  ];
}

const bases = { 'wall-clock': 'upper-bound', expect: 'expectation', pilot: 'pilot' } as const;
