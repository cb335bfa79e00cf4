import type { Committed, Course, PlannedBudget } from './course.ts';

/**
 * The smallest budget with which a course ends: a run is granted only if its worst case is available, and probes and first
 * evaluations leave the rerun reserve alone. Near the end, the money may be enough for only one run at a time.
 */
export const neededBudget = (course: Course, rerunReserveShare: number): number =>
  need(spentIn(course), course.worstCaseMicroUsd, rerunReserveShare);

/** The smallest budget with which no run of a course waits for money that other runs have reserved. */
export const budgetWithoutWaiting = (course: Course, rerunReserveShare: number): number =>
  need(course.committed, 0, rerunReserveShare);

/** Seconds from the start until the budget lets no further run begin; undefined if it is sufficient. */
export function budgetExhaustedAt(course: Course, { microUsd, rerunReserveShare }: PlannedBudget): number | undefined {
  if (neededBudget(course, rerunReserveShare) <= microUsd) return undefined;
  const spent: Committed = { all: 0, firstRuns: 0 };
  for (const run of course.runs) {
    add(spent, run);
    if (need(spent, course.worstCaseMicroUsd, rerunReserveShare) > microUsd) return run.endsAt;
  }
  return course.seconds;
}

function spentIn({ runs }: Course): Committed {
  const spent: Committed = { all: 0, firstRuns: 0 };
  for (const run of runs) add(spent, run);
  return spent;
}

function add(spent: Committed, { costMicroUsd, rerun }: Course['runs'][number]): void {
  spent.all += costMicroUsd;
  if (!rerun) spent.firstRuns += costMicroUsd;
}

const need = ({ all, firstRuns }: Committed, worstCase: number, reserveShare: number): number =>
  Math.max(all + worstCase, (firstRuns + worstCase) / (1 - reserveShare));
