import { CsvError, parse } from 'csv-parse/sync';
import { csvText } from '../../escaping/csv.ts';
import { publishedScore, type LeaderboardRow } from '../../scoring/leaderboard.ts';
import type { CampaignResults, SubmissionSummary } from '../results.ts';

/**
 * Which fact of a leaderboard.csv does not follow from the record; undefined if all do. Versions differ in the digits of a score
 * and in the characters of a name that they show by their codes.
 */
export function otherBoardFact(found: Buffer, rows: readonly LeaderboardRow[]): string | undefined {
  const lines = linesOf(found);
  if (lines === undefined) return 'it is no table';
  if (lines.length !== rows.length) return 'the number of rows';
  for (const [index, { teamId, teamName, submissionDate, score }] of rows.entries()) {
    const line = lines[index] ?? {};
    const of = `of ${teamId}`;
    if (line['teamId'] !== teamId) return `\`teamId\` ${of}`;
    if (spelt(line['teamName'] ?? '') !== spelt(csvText(teamName))) return `\`teamName\` ${of}`;
    if (line['submissionDate'] !== submissionDate) return `\`submissionDate\` ${of}`;
    if (![publishedScore(score), String(score)].includes(line['score'] ?? '')) return `\`score\` ${of}`;
  }
  return undefined;
}

function linesOf(body: Buffer): Partial<Record<string, string>>[] | undefined {
  try {
    return parse(body, { columns: true });
  } catch (error) {
    if (error instanceof CsvError) return undefined;
    throw error;
  }
}

/** A published name with its characters instead of their codes, and without the mark of a formula. */
const spelt = (name: string): string =>
  name
    .replace(/\\u\{([0-9a-f]{1,6})\}/g, (_, code: string) =>
      String.fromCodePoint(Math.min(0x10_ffff, parseInt(code, 16))),
    )
    .replace(/^'/, '');

/** Facts of a submission; the rest are sentences that explain them, which differ between versions. */
const facts = ['team', 'teamName', 'submittedAt', 'state', 'reason', 'detail', 'score', 'runs'] as const;

/** Which fact of a results.json does not follow from the record; undefined if all do. */
export function otherResultsFact(found: Buffer, right: CampaignResults): string | undefined {
  const results = parsed(found);
  if (results === undefined) return 'it is not a JSON object';
  for (const name of ['campaign', 'state', 'costMicroUsd'] as const)
    if (results[name] !== right[name]) return `\`${name}\``;
  const { submissions = [] } = results;
  if (submissions.map(nameOf).join('\n') !== right.submissions.map(nameOf).join('\n')) return '`submissions`';
  for (const [index, row] of right.submissions.entries()) {
    const other = facts.find((name) => JSON.stringify(submissions[index]?.[name]) !== JSON.stringify(row[name]));
    if (other !== undefined) return `\`${other}\` of ${row.submission}`;
  }
  return undefined;
}

const nameOf = ({ submission }: SubmissionSummary): string => submission;

function parsed(body: Buffer): Partial<CampaignResults> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
