import { costOfRuns } from '../model/money.ts';
import { quantilesOf, type Quantiles } from '../random/quantiles.ts';
import type { Population } from '../simulation/population.ts';
import { budgetFor, budgetLasts, budgetNeverWaiting } from './budget-need.ts';
import { courseOf, type Course, type Planned } from './course.ts';
import { expectedPopulation } from './expected-population.ts';
import type { Future } from './futures.ts';
import type { Knowledge } from './knowledge.ts';
import type { Mix } from './mixes.ts';
import type { PlannedBudget } from './planned-budget.ts';

/** What a mix of classes comes to, over all futures. */
export interface MixPlan {
  mix: string;
  slots: Record<string, number>;
  hours: Quantiles;
  /** By class: hours in the middle. */
  hoursOn: Record<string, number>;
  costMicroUsd: Quantiles;
  /** The budget that would do, the reserve for reruns and the last run's worst case included. */
  budgetMicroUsd: Quantiles;
  /** The budget from which on no run waits for money, though every run sets its worst case aside while it lasts. */
  neverWaitingMicroUsd: Quantiles;
  /** From the start. */
  seconds: Quantiles;
  /** Share of the submissions with a score. */
  scored: Quantiles;
  /**
   * Machines at a time that would do the work in the middle by the deadline, never waiting for each other, and the same
   * with the margin; null when a run alone takes longer.
   */
  machines: { enough: number; withMargin: number } | null;
  /** Share of the futures in which it fails, and which of the two fails first in most of them. */
  fails: { budget: number; deadline: number; first: 'budget' | 'deadline' | null };
}

/** What all mixes of a plan are measured by. */
export interface Question {
  planned: Planned;
  knowledge: Knowledge;
  futures: readonly Future[];
  budget: PlannedBudget;
  deadlineSeconds: number;
  /** Of capacity: 0.5 asks for half as many machines again. */
  margin: number;
}

/** Lets a mix of classes come to its end in every future. Pure. */
export function mixPlanOf(question: Question, mix: Mix): MixPlan {
  const { planned, budget, deadlineSeconds, margin } = question;
  const courses = coursesOf(question, mix);
  const of = (value: (course: Course) => number): Quantiles => quantilesOf(courses.map(value), 'equal parts');
  const money = (value: (course: Course) => number): Quantiles => {
    const { p10, p50, p90 } = of(value);
    return { p10: Math.ceil(p10), p50: Math.ceil(p50), p90: Math.ceil(p90) };
  };
  const hours = of(hoursIn);
  const longest = of(({ runs }) => runs.reduce((most, { billedSeconds }) => Math.max(most, billedSeconds), 0));
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
    budgetMicroUsd: money((course) => budgetFor(course, budget.rerunReserveShare)),
    neverWaitingMicroUsd: money((course) => budgetNeverWaiting(course, budget.rerunReserveShare)),
    seconds: of(({ seconds }) => seconds),
    scored: of(({ scored }) => scored / submissions),
    machines: longest.p50 > deadlineSeconds ? null : machinesFor(hours.p50, deadlineSeconds, margin),
    fails: failsOf(courses, budget, deadlineSeconds),
  };
}

function coursesOf({ planned, knowledge, futures, budget }: Question, { kind, classes }: Mix): Course[] {
  const rules = { ...planned.rules, instanceClasses: classes };
  const names = planned.teams.flat();
  return futures.map((future) => {
    // A class alone is planned as if every submission fitted it, unless somebody knows better.
    const outOfGpuMemoryShare = knowledge.kind === 'wall-clock' ? 1 : future.outOfGpuMemoryShare;
    const seen = { ...future, outOfGpuMemoryShare: kind === 'alone' ? 0 : outOfGpuMemoryShare };
    const population = expectedPopulation(knowledge, planned.rules, names, seen);
    return courseWithin(budget, { ...planned, rules }, population, future.seed);
  });
}

/** What does with the budget, but has to wait for its money, takes longer; what does not is not stopped by it. */
function courseWithin(budget: PlannedBudget, planned: Planned, population: Population, seed: number): Course {
  const unlimited = courseOf(planned, population, seed);
  const { microUsd, rerunReserveShare: share } = budget;
  if (budgetNeverWaiting(unlimited, share) <= microUsd || budgetFor(unlimited, share) > microUsd) return unlimited;
  return { ...courseOf(planned, population, seed, budget), committed: unlimited.committed };
}

const hoursIn = ({ runs }: Pick<Course, 'runs'>): number =>
  runs.reduce((sum, { billedSeconds }) => sum + billedSeconds, 0) / 3600;

function machinesFor(hours: number, deadlineSeconds: number, margin: number): NonNullable<MixPlan['machines']> {
  const machines = (hours * 3600) / deadlineSeconds;
  // A hair of rounding is no machine.
  const upTo = (value: number): number => Math.ceil(value * (1 - 1e-6));
  return { enough: upTo(machines), withMargin: upTo(machines * (1 + margin)) };
}

function failsOf(courses: readonly Course[], budget: PlannedBudget, deadlineSeconds: number): MixPlan['fails'] {
  const ends = courses.map((course) => ({
    budgetAt: budgetLasts(course, budget) ?? Infinity,
    isLate: course.seconds > deadlineSeconds,
  }));
  const budgetFails = ends.filter(({ budgetAt }) => budgetAt < Infinity).length;
  const late = ends.filter(({ isLate }) => isLate).length;
  const budgetFirst = ends.filter(({ budgetAt }) => budgetAt <= deadlineSeconds).length;
  const failing = ends.filter(({ budgetAt, isLate }) => budgetAt < Infinity || isLate).length;
  return {
    budget: budgetFails / courses.length,
    deadline: late / courses.length,
    first: failing === 0 ? null : budgetFirst * 2 >= failing ? 'budget' : 'deadline',
  };
}
