import { responsibleParties, type Reason } from '../../campaign/model/reasons.ts';
import type { Names } from '../../campaign/pseudonyms/names.ts';
import { holdoutError, type HoldoutError } from '../../errors.ts';
import { suggestion } from '../../intake/campaign-file/suggestion.ts';
import { counted } from '../../safe-text.ts';
import { isOpen, type CampaignFromS3, type SubmissionFromS3 } from './campaign-from-s3.ts';
import { effectiveRecord } from '../../ledger/chains/effective-record.ts';

/** Which submissions an operator selects; all given conditions must match. */
export interface SelectionFilter {
  submission?: string[];
  team?: string;
  /** Matches submissions whose newest record, current record or last run has this reason. */
  reason?: string;
}

type SelectingCommand = 'retry' | 'rescore' | 'cancel';

interface Selection {
  chosen: SubmissionFromS3[];
  reason: Reason | undefined;
  /** Announce the chosen submissions, and the matching ones that the command cannot act on, one line per cause. */
  lines: string[];
}

/**
 * The submissions that a command would act on. If it cannot act on one that was named by its id, it is refused; one that only
 * matches a team or a reason is left out. `underWay`: submissions whose workflow runs. Throws REFUSED.
 */
export function selectSubmissions(
  command: SelectingCommand,
  filter: SelectionFilter,
  { submissions: known, frozen: { campaign } }: CampaignFromS3,
  names: Names,
  underWay: ReadonlySet<string> = new Set(),
): Selection {
  const refused = (cause: string): HoldoutError => holdoutError('REFUSED', { campaign, command, cause });
  const fault = invalidFilter(command, filter, known, names);
  if (fault !== undefined) throw refused(fault);
  const reason = filter.reason as Reason | undefined;
  const named = filter.submission && new Set(filter.submission.map((given) => names.realSubmission(given)));
  const team = filter.team === undefined ? undefined : names.realTeam(filter.team);
  const matching = known.filter(
    (one) =>
      (named === undefined || named.has(one.submission)) &&
      (team === undefined || one.team === team) &&
      (reason === undefined || hasReason(command, one, reason, underWay)),
  );
  if (matching.length === 0) throw refused('no submission matches');
  const unfit = new Map<string, string[]>();
  const chosen = matching.filter((one) => {
    const why = whyUnfit(command, one);
    if (why !== undefined) unfit.set(why, [...(unfit.get(why) ?? []), names.submission(one.submission)]);
    return why === undefined;
  });
  const leftOut = [...unfit].map(([why, submissions]) => `${why}: ${someOf(submissions)}`);
  if (leftOut.length > 0 && (named !== undefined || chosen.length === 0)) throw refused(leftOut.join('; '));
  return {
    chosen,
    reason,
    lines: [`${command} of ${countText(chosen, names)}`, ...leftOut.map((line) => `skipped, ${line}`)],
  };
}

function invalidFilter(
  command: SelectingCommand,
  { submission, team, reason }: SelectionFilter,
  known: readonly SubmissionFromS3[],
  names: Names,
): string | undefined {
  if (command !== 'rescore' && submission === undefined && team === undefined && reason === undefined) {
    return 'select submissions with --submission, --team or --reason';
  }
  if (reason !== undefined && !Object.hasOwn(responsibleParties, reason)) {
    const reasons = Object.keys(responsibleParties);
    return `there is no reason ${reason}${suggestion(reason, reasons) || `; there are ${reasons.join(', ')}`}`;
  }
  const teams = new Set(known.map((one) => one.team));
  if (team !== undefined && !teams.has(names.realTeam(team))) {
    const shownTeams = [...teams].map((one) => names.team(one));
    return `there is no team ${team}${suggestion(team, shownTeams)}`;
  }
  const ids = new Set(known.map((one) => one.submission));
  const unknown = (submission ?? []).filter((given) => !ids.has(names.realSubmission(given)));
  if (unknown.length === 0) return undefined;
  const shownIds = [...ids].map((id) => names.submission(id));
  const near = unknown.length === 1 ? suggestion(unknown[0] ?? '', shownIds) : '';
  return `there is no submission ${someOf(unknown)}${near}`;
}

/** Only the campaign knows the reason of a submission under way; its cancel skips those with another reason. */
const hasReason = (
  command: SelectingCommand,
  one: SubmissionFromS3,
  reason: Reason,
  underWay: ReadonlySet<string>,
): boolean =>
  (command === 'cancel' && underWay.has(one.submission)) ||
  [one.records.at(-1), effectiveRecord(one.records)].some((record) => record?.reason === reason);

function whyUnfit(command: SelectingCommand, one: SubmissionFromS3): string | undefined {
  if (command === 'cancel') return isOpen(one) ? undefined : 'already ended';
  if (isOpen(one)) return 'not ended yet';
  return command === 'rescore' && !hasSuccessfulRun(one) ? 'without a successful run' : undefined;
}

const hasSuccessfulRun = ({ records }: SubmissionFromS3): boolean =>
  records.some(({ runs }) => runs.some(({ purpose, reason }) => purpose === 'evaluation' && reason === null));

const maxNamed = 5;

/** `a, b, c and 4 more`. */
function someOf(names: readonly string[]): string {
  const more = names.length - maxNamed;
  return more <= 0 ? names.join(', ') : `${names.slice(0, maxNamed).join(', ')} and ${more} more`;
}

/** `3 submissions of 2 teams (a, b, c)`. */
export const countText = (rows: readonly { submission: string; team: string }[], names: Names): string =>
  `${counted(rows.length, 'submission')} of ${counted(new Set(rows.map(({ team }) => team)).size, 'team')} (${someOf(
    rows.map(({ submission }) => names.submission(submission)),
  )})`;
