import { stringify } from 'csv-stringify/sync';
import type { Leaderboard } from '../campaign/model/frozen-campaign.ts';

/** A submission that may be ranked; `score` is null when it failed or was never scored. */
export interface LeaderboardEntry {
  submission: string;
  team: string;
  teamName: string;
  /** ISO instant. */
  submittedAt: string;
  score: number | null;
}

/** A line of the board; the score is unrounded. */
export interface LeaderboardRow {
  rank: number;
  teamId: string;
  teamName: string;
  /** ISO instant. */
  submissionDate: string;
  score: number;
  submission: string;
}

type Scored = LeaderboardEntry & { score: number };

/**
 * The board, best first. Null and NaN never rank. A team's entry is its best or its last *scored* submission. Equal
 * scores: the earlier submission is ahead, or all share the place (1, 1, 3). Pure, and the same for any order of entries.
 */
export function rankLeaderboard(entries: readonly LeaderboardEntry[], rules: Leaderboard): LeaderboardRow[] {
  const better = (a: Scored, b: Scored): number =>
    rules.order === 'ascending' ? a.score - b.score : b.score - a.score;
  const bestFirst = (a: Scored, b: Scored): number => better(a, b) || earlierFirst(a, b);
  const lastFirst = (a: Scored, b: Scored): number => earlierFirst(b, a);
  const scored = entries.filter((entry): entry is Scored => entry.score !== null && Number.isFinite(entry.score));

  const chosen = new Map<string, Scored>();
  for (const entry of scored.sort(rules.perTeam === 'best' ? bestFirst : lastFirst)) {
    if (!chosen.has(entry.team)) chosen.set(entry.team, entry);
  }
  let rank = 0;
  let ahead: number | undefined;
  return [...chosen.values()].sort(bestFirst).map((entry, index) => {
    if (rules.ties === 'earliest' || entry.score !== ahead) rank = index + 1;
    ahead = entry.score;
    const { team, teamName, submittedAt, score, submission } = entry;
    return { rank, teamId: team, teamName, submissionDate: submittedAt, score, submission };
  });
}

const earlierFirst = (a: LeaderboardEntry, b: LeaderboardEntry): number =>
  Date.parse(a.submittedAt) - Date.parse(b.submittedAt) || compareText(a.submission, b.submission);

/** By code units: the same on every machine, whatever its language. */
const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The board as Kaggle's columns. A team name that a spreadsheet would take for a formula gets a leading quote mark. */
export function leaderboardCsv(rows: readonly LeaderboardRow[]): string {
  return stringify(
    rows.map((row) => [row.teamId, row.teamName.replace(/^[=+\-@\t\r]/, "'$&"), row.submissionDate, String(row.score)]),
    { header: true, columns: ['teamId', 'teamName', 'submissionDate', 'score'] },
  );
}
