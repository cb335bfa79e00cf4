import { stringify } from 'csv-stringify/sync';
import { csvText } from '../escaping/csv.ts';
import type { Leaderboard } from '../campaign/model/frozen-campaign.ts';

/** A submission to rank; `score` is null if it failed or was never scored. */
export interface LeaderboardEntry {
  submission: string;
  team: string;
  teamName: string;
  /** ISO instant. */
  submittedAt: string;
  score: number | null;
}

/** A row of the leaderboard; the score is unrounded, and is published by {@link publishedScore}. */
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
 * Ranks submissions, best first. Null and NaN never rank. A team's entry is its best or its last *scored* submission. For equal
 * scores the earlier submission leads, or all share the rank (1, 1, 3). The order of `entries` does not matter.
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
  let previousScore: number | undefined;
  return [...chosen.values()].sort(bestFirst).map((entry, index) => {
    if (rules.ties === 'earliest' || entry.score !== previousScore) rank = index + 1;
    previousScore = entry.score;
    const { team, teamName, submittedAt, score, submission } = entry;
    return { rank, teamId: team, teamName, submissionDate: submittedAt, score, submission };
  });
}

const earlierFirst = (a: LeaderboardEntry, b: LeaderboardEntry): number =>
  Date.parse(a.submittedAt) - Date.parse(b.submittedAt) || compareText(a.submission, b.submission);

/** Compares by code units, independent of the locale. */
const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** Significant digits of a published score: an unrounded one tells a team about single labels. */
const publishedDigits = 5;

/** A score as it is published. Ranks follow from the full score, so equal published scores may have different ranks. */
export const publishedScore = (score: number): string => String(Number(score.toPrecision(publishedDigits)));

/** The leaderboard in Kaggle's columns. Scores are as published, and team names contain no formula and nothing invisible. */
export function leaderboardCsv(rows: readonly LeaderboardRow[]): string {
  return stringify(
    rows.map((row) => [row.teamId, csvText(row.teamName), row.submissionDate, publishedScore(row.score)]),
    { header: true, columns: ['teamId', 'teamName', 'submissionDate', 'score'] },
  );
}
