import { responsibleParties, type Reason } from '../../campaign/model/reasons.ts';
import { suggestion } from '../../intake/campaign-file/suggestion.ts';
import { standingRecord } from '../../ledger/record.ts';
import { counted } from '../../safe-text.ts';
import { isOpen, type SubmissionFromS3 } from './campaign-from-s3.ts';

/** Which submissions an operator means; what is given is combined: all of it must hold. */
export interface SelectionFilter {
  submission?: string[];
  team?: string;
  /** Those whose newest record, or the one they stand by, or whose last run has this reason. */
  reason?: string;
}

export type SelectingCommand = 'retry' | 'rescore' | 'cancel';

export type Selection =
  | {
      kind: 'chosen';
      chosen: SubmissionFromS3[];
      reason?: Reason;
      /** For people, one line a cause. */ leftOut: string[];
    }
  | { kind: 'refused'; because: string };

/**
 * The submissions that an act would be done to. What was named by its id and cannot be taken is refused; what only falls
 * under a team or a reason and cannot be taken is left out. `underWay`: a workflow of theirs runs. Pure.
 */
export function selectSubmissions(
  act: SelectingCommand,
  wanted: SelectionFilter,
  known: readonly SubmissionFromS3[],
  underWay: ReadonlySet<string>,
): Selection {
  const fault = faultOfWanted(act, wanted, known);
  if (fault !== undefined) return { kind: 'refused', because: fault };
  const reason = wanted.reason as Reason | undefined;
  const named = wanted.submission && new Set(wanted.submission);
  const matching = known.filter(
    (one) =>
      (named === undefined || named.has(one.submission)) &&
      (wanted.team === undefined || one.team === wanted.team) &&
      (reason === undefined || hasReason(act, one, reason, underWay)),
  );
  if (matching.length === 0) return { kind: 'refused', because: 'no submission matches' };
  const unfit = new Map<string, string[]>();
  const chosen = matching.filter((one) => {
    const why = unfitBecause(act, one);
    if (why !== undefined) unfit.set(why, [...(unfit.get(why) ?? []), one.submission]);
    return why === undefined;
  });
  const leftOut = [...unfit].map(([why, submissions]) => `${why}: ${someOf(submissions)}`);
  if (leftOut.length > 0 && (named !== undefined || chosen.length === 0)) {
    return { kind: 'refused', because: leftOut.join('; ') };
  }
  return { kind: 'chosen', chosen, leftOut, ...(reason && { reason }) };
}

function faultOfWanted(
  act: SelectingCommand,
  { submission, team, reason }: SelectionFilter,
  known: readonly SubmissionFromS3[],
): string | undefined {
  if (act !== 'rescore' && submission === undefined && team === undefined && reason === undefined) {
    return 'say which: --submission, --team or --reason';
  }
  if (reason !== undefined && !Object.hasOwn(responsibleParties, reason)) {
    const reasons = Object.keys(responsibleParties);
    return `there is no reason ${reason}${suggestion(reason, reasons) || `; there are ${reasons.join(', ')}`}`;
  }
  const teams = new Set(known.map((one) => one.team));
  if (team !== undefined && !teams.has(team)) return `there is no team ${team}${suggestion(team, [...teams])}`;
  const ids = new Set(known.map((one) => one.submission));
  const unknown = (submission ?? []).filter((id) => !ids.has(id));
  if (unknown.length === 0) return undefined;
  const near = unknown.length === 1 ? suggestion(unknown[0] ?? '', [...ids]) : '';
  return `there is no submission ${someOf(unknown)}${near}`;
}

/** Only the campaign knows why the last run of a submission under way failed; it leaves the others alone. */
const hasReason = (
  act: SelectingCommand,
  one: SubmissionFromS3,
  reason: Reason,
  underWay: ReadonlySet<string>,
): boolean =>
  (act === 'cancel' && underWay.has(one.submission)) ||
  [one.records.at(-1), standingRecord(one.records)].some((record) => record?.reason === reason);

function unfitBecause(act: SelectingCommand, one: SubmissionFromS3): string | undefined {
  if (act === 'cancel') return isOpen(one) ? undefined : 'ended already';
  if (isOpen(one)) return 'not ended yet';
  return act === 'rescore' && !hasGoodRun(one) ? 'without a run that ended well' : undefined;
}

const hasGoodRun = ({ records }: SubmissionFromS3): boolean =>
  records.some(({ runs }) => runs.some(({ purpose, reason }) => purpose === 'evaluation' && reason === null));

const mostNamed = 5;

/** `a, b, c and 4 more`. */
export function someOf(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return more <= 0 ? names.join(', ') : `${names.slice(0, mostNamed).join(', ')} and ${more} more`;
}

/** `3 submissions of 2 teams (a, b, c)`. */
export const countOf = (rows: readonly { submission: string; team: string }[]): string =>
  `${counted(rows.length, 'submission')} of ${counted(new Set(rows.map(({ team }) => team)).size, 'team')} (${someOf(
    rows.map(({ submission }) => submission),
  )})`;
