import type { Course } from './course.ts';
import type { Committed } from './planned-budget.ts';
import type { PlannedBudget } from './planned-budget.ts';

/**
 * The least budget under which a course comes to its end: a run is granted only when its worst case is left, and probes and
 * first evaluations leave the reserve for reruns alone. Near the end it may leave money for one run at a time. Pure.
 */
export const budgetFor = (course: Course, rerunReserveShare: number): number =>
  need(usedBy(course, course.runs.length), course.worst, rerunReserveShare);

/** The least budget under which no run of a course ever waits for money that others have set aside. Pure. */
export const budgetNeverWaiting = (course: Course, rerunReserveShare: number): number =>
  need(course.committed, 0, rerunReserveShare);

/** Seconds from the start until the budget lets no further run begin; undefined when it lasts. Pure. */
export function budgetLasts(course: Course, { microUsd, rerunReserveShare }: PlannedBudget): number | undefined {
  if (budgetFor(course, rerunReserveShare) <= microUsd) return undefined;
  const used: Committed = { all: 0, firstRuns: 0 };
  for (const run of course.runs) {
    add(used, run);
    if (need(used, course.worst, rerunReserveShare) > microUsd) return run.endsAt;
  }
  return course.seconds;
}

function usedBy({ runs }: Course, count: number): Committed {
  const used: Committed = { all: 0, firstRuns: 0 };
  for (const run of runs.slice(0, count)) add(used, run);
  return used;
}

function add(used: Committed, { costMicroUsd, rerun }: Course['runs'][number]): void {
  used.all += costMicroUsd;
  if (!rerun) used.firstRuns += costMicroUsd;
}

const need = ({ all, firstRuns }: Committed, worst: number, reserveShare: number): number =>
  Math.max(all + worst, (firstRuns + worst) / (1 - reserveShare));
