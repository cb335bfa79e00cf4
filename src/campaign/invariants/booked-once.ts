import { canaryMember, runKeyOf } from '../../ids.ts';
import { costOfRuns } from '../model/money.ts';
import type { Breach } from './breach.ts';
import type { CheckedFacts } from './facts.ts';
import { openRounds } from './nothing-lost.ts';

/** I3 in the ledger: every run and every job is booked once, every retry has a reason, and the campaign has spent what is booked. */
export function bookingBreaches(facts: CheckedFacts): Breach[] {
  return [
    ...runsBookedTwice(facts),
    ...jobsBookedTwice(facts),
    ...retriesWithoutReason(facts),
    ...spentOtherwise(facts),
  ];
}

function runsBookedTwice({ campaign, records }: CheckedFacts): Breach[] {
  return [...records].flatMap(([submission, ofSubmission]) => {
    const booked = new Map<number, number[]>();
    for (const [index, { runs }] of ofSubmission.entries())
      for (const { n } of runs) booked.set(n, [...(booked.get(n) ?? []), index + 1]);
    return [...booked].flatMap(([n, inRecords]): Breach[] =>
      inRecords.length < 2
        ? []
        : [{ invariant: 'I3', kind: 'run-booked-twice', run: runKeyOf(campaign, submission, n), records: inRecords }],
    );
  });
}

function jobsBookedTwice(facts: CheckedFacts): Breach[] {
  const booked = new Map<string, Set<string>>();
  for (const { run, jobId } of bookedRuns(facts))
    if (jobId !== null) booked.set(jobId, (booked.get(jobId) ?? new Set()).add(run));
  return [...booked].flatMap(([job, runs]): Breach[] =>
    runs.size < 2 ? [] : [{ invariant: 'I3', kind: 'job-booked-twice', job, runs: [...runs] }],
  );
}

/** The runs and canaries that are booked, with their run keys. */
export const bookedRuns = ({
  campaign,
  records,
  canaries,
}: Pick<CheckedFacts, 'campaign' | 'records' | 'canaries'>) => [
  ...[...records].flatMap(([submission, ofSubmission]) =>
    ofSubmission.flatMap(({ runs }) =>
      runs.map(({ n, jobId, billedSeconds, facts }) => ({
        run: runKeyOf(campaign, submission, n),
        jobId,
        billedSeconds,
        /** Batch knew the job, and its times are the source of the seconds. */
        isMeasured: facts?.batch != null,
      })),
    ),
  ),
  ...canaries.map(({ class: name, n, jobId, billedSeconds, verdict }) => ({
    run: runKeyOf(campaign, canaryMember(name), n),
    jobId,
    billedSeconds,
    isMeasured: verdict.kind !== 'no-outcome',
  })),
];

/** A probe that succeeded is followed by an evaluation; an evaluation that succeeded by nothing. */
function retriesWithoutReason({ campaign, records }: CheckedFacts): Breach[] {
  return [...records].flatMap(([submission, ofSubmission]) =>
    ofSubmission.flatMap(({ runs }) => {
      const first = runs.findIndex(({ purpose, reason }) => purpose === 'evaluation' && reason === null);
      const again = runs[first + 1];
      const good = runs[first];
      if (good === undefined || again === undefined) return [];
      const key = (n: number): string => runKeyOf(campaign, submission, n);
      return [
        { invariant: 'I3' as const, kind: 'retry-without-reason' as const, run: key(again.n), first: key(good.n) },
      ];
    }),
  );
}

/**
 * A campaign books a round before its workflow completes, so it has spent at least what the completed ones cost, and exactly
 * what the ledger books if nothing is open.
 */
function spentOtherwise(facts: CheckedFacts): Breach[] {
  const { progress, workflows, records, canaries } = facts;
  if (progress === undefined) return [];
  const { spent } = progress;
  const running = workflows.filter(({ status }) => status === 'running');
  const isSettled = openRounds(facts).length === 0 && progress.open === 0 && running.length === 0;
  const completed = new Set(workflows.flatMap(({ status, member }) => (status === 'completed' ? [member] : [])));
  for (const { member } of workflows.filter(({ status }) => status !== 'completed')) completed.delete(member);
  const ofSubmissions = [...records].filter(([submission]) => isSettled || completed.has(submission));
  const ofCanaries = canaries.filter(({ class: name }) => isSettled || completed.has(canaryMember(name)));
  const recorded = costOfRuns([...ofSubmissions.flatMap(([, all]) => all.flatMap(({ runs }) => runs)), ...ofCanaries]);
  const isRight = isSettled ? spent === recorded : spent >= recorded;
  return isRight ? [] : [{ invariant: 'I3', kind: 'spent-differs', spent, recorded }];
}
