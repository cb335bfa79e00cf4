import { visibleJson } from '../../escaping/visible.ts';
import { costOfRuns, dollars } from '../../campaign/model/money.ts';
import { isFinal, type SubmissionState } from '../../campaign/model/reasons.ts';
import type { Names } from '../../campaign/pseudonyms/names.ts';
import { shown } from '../../campaign/pseudonyms/shown.ts';
import {
  collectResults,
  leaderboardEntries,
  type CampaignResults,
  type SubmissionSummary,
} from '../../ledger/results.ts';
import { leaderboardCsv, publishedScore, rankLeaderboard } from '../../scoring/leaderboard.ts';
import { unsealingsOf, type ChainedUnsealing } from '../../ledger/chains/unsealings.ts';
import type { Access } from '../access.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { frozenCampaign } from '../operator/campaign-from-s3.ts';
import { table } from '../table.ts';
import { instanceTime, instanceTimeBlocks, type InstanceTime } from './instance-time.ts';
import { stageText, runningSubmissions, type RunningSubmission } from './running-submissions.ts';
import { unsealingText } from './unsealing-text.ts';

export interface ResultsView {
  /** The output of `results --json`; `instanceTime` is absent where no instance is known. */
  results: CampaignResults & { instanceTime?: Record<string, InstanceTime> };
  /** Who opened logs and outputs, and why. */
  unsealings: ChainedUnsealing[];
  /** leaderboard.csv as of now. */
  leaderboard: string;
  /** The leaderboard as a table. `columns`: width of the screen; lines are broken to fit it as far as possible. */
  board: (columns?: number) => string;
  /** The report: leaderboard, submissions, cost. */
  text: (columns?: number) => string;
}

/** The results so far, from S3, and from Temporal's list while the campaign is not finished. Throws CAMPAIGN_UNKNOWN. */
export async function campaignResults(access: Access, campaign: string): Promise<ResultsView> {
  const rules = await frozenCampaign(access, campaign);
  const recorded = await collectResults(access.results, rules);
  const now =
    recorded.state === 'finished' ? recorded : withStages(recorded, await runningSubmissions(access, campaign));
  const runs = now.submissions.flatMap((submission) => submission.runs);
  const times = instanceTime(runs, rules.instanceClasses);
  const names = await namesOf(access, campaign);
  const results = { ...shownResults(now, names), ...(Object.keys(times).length > 0 && { instanceTime: times }) };
  const rows = shown(rankLeaderboard(leaderboardEntries(now), rules.leaderboard), names);
  const { links } = await unsealingsOf(access.results, campaign);
  const unsealings = shown(links, names);
  const board = (columns?: number): string =>
    table(
      ['rank', 'team', rules.metric, 'submission'],
      rows.map((row) => [String(row.rank), row.teamName, publishedScore(row.score), row.submission]),
      columns,
    );
  const text = (columns?: number): string =>
    [
      board(columns),
      submissionTable(results, columns),
      costTable(results),
      ...instanceTimeBlocks(times, columns),
      ...(unsealings.length === 0 ? [] : [unsealings.map(unsealingText).join('\n')]),
    ].join('\n\n');
  return { results, unsealings, leaderboard: leaderboardCsv(rows), board, text };
}

/** While names are hidden, rows are in the order of their pseudonyms: that of the submissions file would tell which is which. */
function shownResults(results: CampaignResults, names: Names): CampaignResults {
  if (!names.isHidden) return results;
  const { submissions, ...rest } = shown(results, names);
  return { ...rest, submissions: submissions.sort((a, b) => byNumbers.compare(a.submission, b.submission)) };
}

const byNumbers = new Intl.Collator('en', { numeric: true });

/** Adds the current stages; a submission that has a record keeps the state of its record. */
export function withStages(results: CampaignResults, running: readonly RunningSubmission[]): CampaignResults {
  const stages = new Map(running.map(({ submission, ...now }) => [submission, now]));
  const submissions = results.submissions.map((row) => {
    const now = stages.get(row.submission);
    if (now === undefined || isFinal(now.stage)) return row;
    return { ...row, state: row.state === 'queued' ? now.stage : row.state, underWay: now };
  });
  return { ...results, submissions };
}

/** The object of `results --json`. */
export const resultsJson = ({ results, unsealings }: ResultsView): string =>
  visibleJson({ ...results, ...(unsealings.length > 0 && { unsealings }) });

/** One row per submission; see {@link ResultsView} for `columns`. */
export function submissionTable({ submissions }: CampaignResults, columns?: number): string {
  return table(
    ['submission', 'team', 'state', 'reason', 'runs', 'cost'],
    submissions.map(({ submission, team, state, reason, detail, runs, underWay }) => [
      submission,
      team,
      stateText(state, underWay),
      [reason, detail].filter((part) => part !== null).join(': '),
      runs
        .map((run) => `${run.purpose === 'probe' ? 'probe ' : ''}${run.class}${run.reason ? ` ${run.reason}` : ''}`)
        .join(', '),
      dollars(costOfRuns(runs)),
    ]),
    columns,
  );
}

/** In a later round: the state of its record and the current stage. */
function stateText(state: SubmissionState, now: SubmissionSummary['underWay']): string {
  if (now === undefined) return state;
  return state === now.stage ? stageText(now) : `${state}, again ${stageText(now)}`;
}

function costTable({ costByClass, costMicroUsd, canaries = [] }: CampaignResults): string {
  const seconds = canaries.reduce((sum, { billedSeconds }) => sum + billedSeconds, 0);
  return table(
    ['class', 'runs', 'billed', 'cost'],
    [
      ...Object.entries(costByClass).map(([name, total]) => [
        name,
        String(total.runs),
        `${total.billedSeconds} s`,
        dollars(total.costMicroUsd),
      ]),
      ...(canaries.length === 0
        ? []
        : [['canaries', String(canaries.length), `${seconds} s`, dollars(costOfRuns(canaries))]]),
      ['total', '', '', dollars(costMicroUsd)],
    ],
  );
}
