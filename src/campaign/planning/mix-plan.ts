import { costOfRuns } from '../model/money.ts';
import { quantilesOf, type Quantiles } from '../random/quantiles.ts';
import type { Population } from '../simulation/population.ts';
import { neededBudget, budgetExhaustedAt, budgetWithoutWaiting } from './budget-need.ts';
import { courseOf, type Course, type PlannedCampaign } from './course.ts';
import { expectedPopulation } from './expected-population.ts';
import type { Future } from './futures.ts';
import type { Knowledge } from './knowledge.ts';
import type { Mix } from './mixes.ts';
import type { PlannedBudget } from './course.ts';

/** Cost and duration of a mix of classes, over all futures. */
export interface MixPlan {
  mix: string;
  slots: Record<string, number>;
  hours: Quantiles;
  /** By class: median of the hours. */
  hoursOn: Record<string, number>;
  costMicroUsd: Quantiles;
  /** The sufficient budget, including the rerun reserve and the worst case of the last run. */
  budgetMicroUsd: Quantiles;
  /** The budget with which no run waits for money, although every run reserves its worst case until it ends. */
  neverWaitingMicroUsd: Quantiles;
  seconds: Quantiles;
  /** Share of the submissions with a score. */
  scored: Quantiles;
  /**
   * Machines that would complete the median work by the deadline without ever being idle, and the same with the margin;
   * null if a single run takes longer.
   */
  machines: { enough: number; withMargin: number } | null;
  /** Shares of the futures that exceed budget and deadline, and which of the two fails first in most of these. */
  fails: { budget: number; deadline: number; first: 'budget' | 'deadline' | null };
}

/** The conditions under which all mixes of a plan are compared. */
export interface PlanInput {
  planned: PlannedCampaign;
  knowledge: Knowledge;
  futures: readonly Future[];
  budget: PlannedBudget;
  deadlineSeconds: number;
  /** Spare capacity: 0.5 means 50 % more machines. */
  margin: number;
}

/** Simulates a mix of classes in every future. */
export function mixPlanOf(input: PlanInput, mix: Mix): MixPlan {
  const { planned, budget, deadlineSeconds, margin } = input;
  const courses = coursesOf(input, mix);
  const of = (value: (course: Course) => number): Quantiles => quantilesOf(courses.map(value), 'equal parts');
  const money = (value: (course: Course) => number): Quantiles =>
    quantilesOf(courses.map(value), 'equal parts', Math.ceil);
  const hours = of(hoursIn);
  const longestRun = of(({ runs }) => runs.reduce((most, { billedSeconds }) => Math.max(most, billedSeconds), 0));
  const submissions = planned.teams.flat().length;
  return {
    mix: mix.name,
    slots: Object.fromEntries(mix.classes.map(({ name, slots }) => [name, slots])),
    hours,
    hoursOn: Object.fromEntries(
      mix.classes.map(({ name }) => [
        name,
        of(({ runs }) => hoursIn({ runs: runs.filter((run) => run.class === name) })).p50,
      ]),
    ),
    costMicroUsd: money(({ runs }) => costOfRuns(runs)),
    budgetMicroUsd: money((course) => neededBudget(course, budget.rerunReserveShare)),
    neverWaitingMicroUsd: money((course) => budgetWithoutWaiting(course, budget.rerunReserveShare)),
    seconds: of(({ seconds }) => seconds),
    scored: of(({ scored }) => scored / submissions),
    machines: longestRun.p50 > deadlineSeconds ? null : machinesFor(hours.p50, deadlineSeconds, margin),
    fails: failsOf(courses, budget, deadlineSeconds),
  };
}

function coursesOf({ planned, knowledge, futures, budget }: PlanInput, { kind, classes }: Mix): Course[] {
  const rules = { ...planned.rules, instanceClasses: classes };
  const names = planned.teams.flat();
  return futures.map((future) => {
    // A class alone is planned as if every submission fitted it, unless the file or a pilot says otherwise.
    const outOfGpuMemoryShare = knowledge.kind === 'wall-clock' ? 1 : future.outOfGpuMemoryShare;
    const assumed = { ...future, outOfGpuMemoryShare: kind === 'alone' ? 0 : outOfGpuMemoryShare };
    const population = expectedPopulation(knowledge, planned.rules, names, assumed);
    return courseWithin(budget, { ...planned, rules }, population, future.seed);
  });
}

/** A campaign within the budget takes longer if its runs wait for reserved money. Beyond it, the plan ignores the budget. */
function courseWithin(budget: PlannedBudget, planned: PlannedCampaign, population: Population, seed: number): Course {
  const unlimited = courseOf(planned, population, seed);
  const { microUsd, rerunReserveShare: share } = budget;
  if (budgetWithoutWaiting(unlimited, share) <= microUsd || neededBudget(unlimited, share) > microUsd) return unlimited;
  return { ...courseOf(planned, population, seed, budget), committed: unlimited.committed };
}

const hoursIn = ({ runs }: Pick<Course, 'runs'>): number =>
  runs.reduce((sum, { billedSeconds }) => sum + billedSeconds, 0) / 3600;

function machinesFor(hours: number, deadlineSeconds: number, margin: number): NonNullable<MixPlan['machines']> {
  const machines = (hours * 3600) / deadlineSeconds;
  // Rounding errors do not add a machine.
  const upTo = (value: number): number => Math.ceil(value * (1 - 1e-6));
  return { enough: upTo(machines), withMargin: upTo(machines * (1 + margin)) };
}

function failsOf(courses: readonly Course[], budget: PlannedBudget, deadlineSeconds: number): MixPlan['fails'] {
  const outcomes = courses.map((course) => ({
    exhaustedAt: budgetExhaustedAt(course, budget) ?? Infinity,
    isLate: course.seconds > deadlineSeconds,
  }));
  const budgetFails = outcomes.filter(({ exhaustedAt }) => exhaustedAt < Infinity).length;
  const late = outcomes.filter(({ isLate }) => isLate).length;
  const budgetFirst = outcomes.filter(({ exhaustedAt }) => exhaustedAt <= deadlineSeconds).length;
  const failing = outcomes.filter(({ exhaustedAt, isLate }) => exhaustedAt < Infinity || isLate).length;
  return {
    budget: budgetFails / courses.length,
    deadline: late / courses.length,
    first: failing === 0 ? null : budgetFirst * 2 >= failing ? 'budget' : 'deadline',
  };
}
